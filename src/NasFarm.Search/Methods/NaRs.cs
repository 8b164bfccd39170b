using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Paths;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;

namespace NasFarm.Search.Methods;

/// <summary>NA-RS (spec/algorithms.md §14): random search that prefers flat architectures. The shared weights train on uniformly drawn cells
/// (<see cref="SharedWeightSearch"/>); a random cell scores the aggregate of the validation accuracies of itself and of n random
/// neighbours, each with another operation on one edge; the best score wins. The paper's parameters are not known; ours: a hundred cells,
/// neighbours without repetition, accuracies on the same ten minibatches of the α part throughout.</summary>
public sealed class NaRs : SharedWeightSearch
{
    private const int Recorded = 10;

    /// <inheritdoc/>
    public override string Name => "na-rs";

    /// <inheritdoc/>
    protected override Genotype Choose(SearchRun run)
    {
        var h = run.Settings;
        var (candidates, batches, neighbours) = (h.Int("candidates"), h.Int("candidateBatches"), h.Int("neighbours"));

        // Accuracies one after the other: a candidate, its neighbours, the next candidate …
        var size = 1 + neighbours;
        var accuracies = run.Scores(candidates * size, (k, _) =>
            run.Measurements.OnMinibatches(Neighbourhood(run, k / size, neighbours)[k % size], 0, batches).Accuracy);

        var scores = accuracies.Chunk(size).Select(around => Aggregate.Of(h.Text("aggregate"), around)).ToList();
        var best = Ranking.Best(scores, Recorded);
        run.Decide("candidates", new
        {
            evaluated = candidates,
            meanScore = scores.Average(),
            best = best.Select(candidate => new
            {
                genotype = run.Candidate(candidate).ToString(),
                score = scores[candidate],
                accuracy = accuracies[candidate * size],
            }),
        });
        return run.Candidate(best[0]);
    }

    /// <summary>A candidate, and its neighbours.</summary>
    private static IReadOnlyList<Genotype> Neighbourhood(SearchRun run, int index, int neighbours)
    {
        var spec = run.Unit.SeedRun;
        var middle = run.Candidate(index);
        var around = Neighbours.OneOperationAway(middle, spec.NoneRule);
        var random = new RandomStream(spec.SearchSeed, StreamNames.RandomArchitecture, run.State.Progress.Trained, (uint)index, "neighbour");
        return [middle, .. random.Sample(around.Count, neighbours).Select(i => around[i])];
    }
}
