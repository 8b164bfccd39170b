using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Paths;
using NasFarm.Catalog.Sgas;
using NasFarm.Search.Phases;

namespace NasFarm.Search.Methods;

/// <summary>SETN (spec/algorithms.md §20): the weight step trains one uniformly drawn cell (<see cref="UniformPaths"/>), the architecture step is DARTS',
/// on the mixture of all operations. After the last epoch a hundred cells are drawn by softmax(α), each is evaluated on one minibatch of
/// the α part, a minibatch of its own, with the shared weights, and the most accurate is the result, the first of equals. The released
/// code takes the hundred most probable cells of NAS-Bench-201 instead of drawing them, looks at them after every epoch, and draws
/// <c>none</c> while it trains whatever it may derive. It has no loop for DARTS cells: there candidates are ours
/// (<see cref="RandomGenotypes.DrawByAlphas"/>). An epoch is validated on the cell that the logits stand for.</summary>
public sealed class Setn : ISearchMethod
{
    private const int Recorded = 10;

    /// <inheritdoc/>
    public string Name => "setn";

    /// <inheritdoc/>
    public WeightGradient WeightGradient(TrainingStep step) => step.UniformPathGradient();

    /// <inheritdoc/>
    public IReadOnlyList<CellDecisions> Validated(SearchRun run) => SinglePaths.Of(run.DerivedGenotype());

    /// <inheritdoc/>
    public Genotype FinalGenotype(SearchRun run)
    {
        if (run.State.Progress.Diverged)
            return run.Genotype();

        var (candidates, images) = (run.Settings.Int("candidates"), run.Settings.Int("candidateImages"));
        var accuracies = run.Scores(
            candidates, (k, _) => run.Measurements.OnMinibatches(run.CandidateByAlphas(k), first: k, count: 1, images).Accuracy);
        var best = Ranking.Best(accuracies, Recorded);
        run.Decide("candidates", new
        {
            evaluated = candidates,
            different = Enumerable.Range(0, candidates).Select(run.CandidateByAlphas).Distinct().Count(),
            meanAccuracy = accuracies.Average(),
            best = best.Select(candidate => new { genotype = run.CandidateByAlphas(candidate).ToString(), accuracy = accuracies[candidate] }),
        });
        return run.CandidateByAlphas(best[0]);
    }
}
