using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Removal;
using NasFarm.Catalog.Units;
using NasFarm.Search.Optimizers;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;

namespace NasFarm.Search.Methods;

/// <summary>DARTS-PT (spec/algorithms.md §20): DARTS, first order, whose last phases take the supernet apart. A phase ends with one decision in each
/// cell type: an edge drawn among the undecided gets the operation without which the network validates worst; when all have theirs, a node
/// drawn among those with too many edges loses the ones that are missed least. As in the released code an evaluation runs on batch
/// statistics, removed operations leave their weight in the mixture unused, the cell types are decided one after the other, and the alphas
/// still undecided go on being trained. Departures from it: <c>none</c> is not tried where a derived cell cannot keep it; all candidates of a
/// decision see the same minibatches; the running statistics do not follow evaluations; on NAS-Bench-201 the last edge is decided after as
/// many epochs as the others, not one earlier.</summary>
public sealed class DartsPt : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "darts-pt";

    /// <inheritdoc/>
    public void RunPhase(SearchRun run)
    {
        // 1. Train the supernet; in later phases, tune it to the last decision.
        run.RestOfPhase();
        if (!run.Phase.Decides || run.State.Progress.Diverged)
            return;

        // 2. How does it do without each of the candidates?
        var (start, rule) = (run.State.Progress.Decisions, run.Unit.SeedRun.NoneRule);
        var places = start.Select((cell, type) => Drawn(run, RemovalSelection.Places(type, cell), type)).ToList();
        var harms = run.Scores(RemovalSelection.Count(start, places, rule), (k, before) =>
        {
            var soFar = RemovalSelection.Of(start, places, rule, before);
            var without = run.Measurements.Without(soFar.Decisions, soFar.Next!.Value, number: k + 1);
            return ByAccuracy(run) ? -without.Accuracy : without.MeanLoss;
        });

        // 3. Decide.
        var selection = RemovalSelection.Of(start, places, rule, harms);
        foreach (var decided in selection.Rounds.GroupBy(round => round.Place))
            Record(run, decided.Key, [.. decided]);
        run.State.Progress = run.State.Progress with { Decisions = selection.Decisions, Own = null };

        // 4. The tuning has an optimiser of its own.
        if (run.Unit.Phase == 0)
            run.State.Momentum.Restart();
    }

    /// <inheritdoc/>
    public SgdOptions WeightUpdate(SgdOptions planned, SearchProgress progress, Hyperparameters settings) =>
        progress.Phase == 0 ? planned : planned with { LearningRate = settings.Double("tuneFactor") * settings.Double("wLearningRate") };

    /// <inheritdoc/>
    public Genotype Genotype(SearchRun run) =>
        RemovalSelection.ToGenotype(run.State.Progress.Decisions, run.State.Alphas.Values(), run.Unit.SeedRun.NoneRule);

    private static bool ByAccuracy(SearchRun run) => run.Settings.Text("selectBy") == DartsPtMethod.Accuracy;

    private static Place Drawn(SearchRun run, IReadOnlyList<Place> open, int type) => open[new RandomStream(
        run.Unit.SeedRun.SearchSeed, StreamNames.RandomArchitecture, run.State.Progress.Trained, (uint)type, "place").NextInt(open.Count)];

    /// <summary>Records a decision with what every removal led to.</summary>
    private static void Record(SearchRun run, Place place, List<RemovalRound> rounds)
    {
        var (space, type) = (run.Space, run.Space.CellTypes[place.Type]);
        var word = type.ToString().ToLowerInvariant();
        var passes = rounds.Sum(r => r.Tried.Count) * run.Measurements.ValidationMinibatches;
        double Value(double harm) => ByAccuracy(run) ? -harm : harm;
        if (place.IsNode)
        {
            run.Decide($"node_{word}", new
            {
                node = place.Index,
                dropped = rounds.Select(r => r.Tried[r.Chosen].Edge),
                by = run.Settings.Text("selectBy"),
                without = rounds.Select(r => r.Tried.Select((t, i) => new { edge = t.Edge, value = Value(r.Harms[i]) })),
                forwardPasses = passes,
            });
            return;
        }
        var round = rounds[0];
        string Operation(Removed removed) => space.OperationsOn(type, removed.Edge)[removed.Column!.Value];
        run.Decide($"edge_{word}", new
        {
            edge = place.Index,
            source = space.Edges[place.Index].Source,
            target = space.Edges[place.Index].Target,
            operation = Operation(round.Tried[round.Chosen]),
            by = run.Settings.Text("selectBy"),
            without = round.Tried.Select((t, i) => new { operation = Operation(t), value = Value(round.Harms[i]) }),
            forwardPasses = passes,
        });
    }
}
