using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Methods;

/// <summary>Arms that train no supernet.</summary>
internal static class BaselineMethods
{
    public static MethodDefinition Random { get; } = new()
    {
        Name = "random",
        Title = "Random cell",
        Source = "spec/retraining-and-data.md §7",
        Idea = "A cell drawn uniformly from the set that the other arms can reach under the same none rule. A method that cannot be told "
            + "from it has found nothing.",
        Settings = [],
        Trains = false,
        Phases = (_, _) => PhasePlan.NoTraining,
    };

    public static MethodDefinition Given { get; } = new()
    {
        Name = "given",
        Title = "Given cell",
        Source = "spec/retraining-and-data.md §9",
        Idea = "A fixed cell, written out or by its published name: an anchor, a transfer, or a way to measure retraining noise alone.",
        Settings =
        [
            new()
            {
                Name = "genotype", Type = HyperparameterType.Text, Default = "",
                Description = "The cell in the space's text format, or a published name.", Source = "spec/search-spaces.md §1.5, §2",
            },
        ],
        Trains = false,
        Relations = Check,
        Canonicalize = (h, space) => h.With("genotype", Parse(h, space).ToString()),
        Phases = (_, _) => PhasePlan.NoTraining,
    };

    private static Genotype Parse(Hyperparameters h, SearchSpace space) => GenotypeText.ParseOrFind(space.Name, h.Text("genotype"));

    private static IEnumerable<HyperparameterProblem> Check(Hyperparameters h, SearchSpace space)
    {
        if (h.Text("genotype").Length == 0)
        {
            var published = PublishedGenotypes.All.Where(p => SearchSpaces.Get(p.SpaceName).Family == space.Family).Select(p => p.Name);
            return [new("genotype", $"genotype is empty; give the cell's text or a published name ({string.Join(", ", published)}).")];
        }
        try
        {
            _ = Parse(h, space);
            return [];
        }
        catch (Exception wrong) when (wrong is GenotypeFormatException or ArgumentException)
        {
            return [new("genotype", $"genotype: {wrong.Message}")];
        }
    }
}
