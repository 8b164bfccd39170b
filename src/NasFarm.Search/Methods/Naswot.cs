using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Paths;
using NasFarm.Search.Phases;

namespace NasFarm.Search.Methods;

/// <summary>NASWOT (spec/algorithms.md §15), the second version of its score: of N random cells the one whose untrained network tells the
/// images of a minibatch apart best, by ln |det K| over the codes of its rectifiers. Nothing is trained. The released code builds the
/// network of each cell; here all are run inside one supernet with its initial weights, so that equal operations on equal edges have
/// equal weights in all of them, and a pooling of the DARTS cell is followed by a norm. Batch statistics are the minibatch's. A cell whose
/// kernel is singular has no score and is the result only where no cell has one.</summary>
public sealed class Naswot : ISearchMethod
{
    private const int Recorded = 10;

    /// <inheritdoc/>
    public string Name => "naswot";

    /// <inheritdoc/>
    public Genotype FinalGenotype(SearchRun run)
    {
        var (candidates, images) = (run.Settings.Int("candidates"), run.Settings.Int("images"));
        var scores = run.Scores(candidates, (k, _) => run.Measurements.KernelScore(run.Candidate(k), images));
        var best = Ranking.Best(scores, Recorded);
        run.Decide("candidates", new
        {
            evaluated = candidates,
            singular = scores.Count(s => !double.IsFinite(s)),
            best = best.Select(candidate => new { genotype = run.Candidate(candidate).ToString(), score = scores[candidate] }),
        });
        return run.Candidate(best[0]);
    }
}
