using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Paths;
using NasFarm.Search.Phases;

namespace NasFarm.Search.Methods;

/// <summary>Random search with weight sharing (spec/algorithms.md §17): the weights train on uniformly drawn cells
/// (<see cref="SharedWeightSearch"/>). In each round so many random cells are ranked by their accuracy on a few minibatches of the α part,
/// the same for all of them, and the best see the whole part; the best accuracy there, over all rounds, is the result. Candidates never
/// hold <c>none</c> in a DARTS cell, where the released code may evaluate them with it: a derived cell cannot.</summary>
public sealed class Rsws : SharedWeightSearch
{
    /// <inheritdoc/>
    public override string Name => "rsws";

    /// <inheritdoc/>
    protected override Genotype Choose(SearchRun run)
    {
        var h = run.Settings;
        var (candidates, batches, finalists) = (h.Int("candidates"), h.Int("candidateBatches"), h.Int("finalists"));
        var rounds = Math.Max(1, (int)(run.State.Progress.Epoch * (long)run.StepsPerEpoch / h.Int("stepsPerRound")));
        var length = candidates + finalists;

        // A round is so many numbers in a row: the accuracies of the candidates on the minibatches, then those of the best on the whole part.
        var scores = run.Scores(rounds * length, (k, before) =>
        {
            var (round, place) = (k / length, k % length);
            return place < candidates
                ? run.Measurements.OnMinibatches(run.Candidate(round * candidates + place), round * batches, batches).Accuracy
                : run.Measurements.Validate(default, run.Candidate(Finalists(before, round)[place - candidates])).Accuracy;
        });

        var chosen = Enumerable.Range(0, rounds)
            .SelectMany(round => Finalists(scores, round).Select((candidate, rank) => (candidate, accuracy: scores[round * length + candidates + rank])))
            .MaxBy(f => f.accuracy).candidate; // the first of equals
        for (var round = 0; round < rounds; round++)
            run.Decide("candidates", new
            {
                round,
                evaluated = candidates,
                meanAccuracy = scores.Skip(round * length).Take(candidates).Average(),
                finalists = Finalists(scores, round).Select((candidate, rank) => new
                {
                    genotype = run.Candidate(candidate).ToString(),
                    minibatchAccuracy = scores[round * length + candidate - round * candidates],
                    accuracy = scores[round * length + candidates + rank],
                }),
            });
        return run.Candidate(chosen);

        IReadOnlyList<int> Finalists(IReadOnlyList<double> values, int round) =>
            [.. Ranking.Best(values.Skip(round * length).Take(candidates), finalists).Select(place => round * candidates + place)];
    }
}
