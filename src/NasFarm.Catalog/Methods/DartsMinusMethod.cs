using NasFarm.Catalog.Schedules;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Methods;

/// <summary>DARTS- (spec/algorithms.md §20).</summary>
public static class DartsMinusMethod
{
    private const string Linear = "linear";
    private const string Cosine = "cosine";
    private const string SlowCosine = "slow-cosine";
    private const string Source = "DARTS- search/args.py, utils.py, run_darts_minus.sh; spec/algorithms.md §20";

    internal static MethodDefinition Definition { get; } = new()
    {
        Name = "darts-minus",
        Title = "DARTS-",
        Source = "Chu et al., ICLR 2021 (arXiv 2009.01027); spec/algorithms.md §20",
        Idea = "DARTS with an auxiliary skip connection beside every mixed edge, which helps the signal through the network so that the skip "
            + "connection among the operations need not: it stands outside the softmax, fades with the epochs, and no derived cell has it.",
        // The other spaces have no skip connections to relieve.
        Spaces = [.. SearchSpaces.All.Where(s => s.Family is SpaceFamily.Darts or SpaceFamily.NasBench201).Select(s => s.Name)],
        Settings =
        [
            SearchSettings.Number("auxiliaryWeight", 1.0, 0, null, "Coefficient of the auxiliary skip connections at epoch 0 (beta).", Source),
            SearchSettings.Choice(
                "auxiliaryDecay", Linear, [Linear, Cosine, SlowCosine, "none"], "How beta falls to 0 at the end of the search.", Source),
            SearchSettings.Epochs(50, Source),
            .. SearchSettings.Training(64, 64, Source + "; NAS-Bench-201: §1.8"),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        Relations = (h, _) => SearchSettings.CheckTraining(h),
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };

    /// <summary>β of an epoch: from <c>auxiliaryWeight</c> at epoch 0 towards 0 at the search's horizon.</summary>
    public static double Beta(Hyperparameters settings, int epoch)
    {
        var (weight, epochs) = (settings.Double("auxiliaryWeight"), settings.Int("epochs"));
        return settings.Text("auxiliaryDecay") switch
        {
            Linear => new LinearSchedule(weight, 0, epochs).At(epoch),
            Cosine => new CosineSchedule(weight, 0, epochs).At(epoch),
            SlowCosine => weight * Math.Cos(Math.PI / 2 * epoch / epochs),
            _ => weight,
        };
    }
}
