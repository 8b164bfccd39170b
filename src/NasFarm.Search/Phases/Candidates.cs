using NasFarm.Catalog.Genotypes;
using NasFarm.Search.Randomness;

namespace NasFarm.Search.Phases;

/// <summary>Random cells that a search draws, and the numbers they get one after the other once the training is over.</summary>
public static class Candidates
{
    /// <summary>Candidate number <paramref name="index"/>, uniform over the cells that a search may end with.</summary>
    public static Genotype Candidate(this SearchRun run, int index) => run.RandomCell("candidate", (uint)index);

    /// <summary>Candidate number <paramref name="index"/>, drawn by the softmax weights of the logits.</summary>
    public static Genotype CandidateByAlphas(this SearchRun run, int index)
    {
        var spec = run.Unit.SeedRun;
        var random = new RandomStream(spec.SearchSeed, StreamNames.RandomArchitecture, run.State.Progress.Trained, (uint)index, "by-alphas");
        return RandomGenotypes.DrawByAlphas(run.Space, spec.NoneRule, run.State.Alphas.Values(), random.NextDouble);
    }

    /// <summary>A cell, uniform over those that a search may end with: a function of the seed, the trained epoch, its purpose and its number.</summary>
    public static Genotype RandomCell(this SearchRun run, string purpose, uint number = 0)
    {
        var spec = run.Unit.SeedRun;
        var random = new RandomStream(spec.SearchSeed, StreamNames.RandomArchitecture, run.State.Progress.Trained, number, purpose);
        return RandomGenotypes.Draw(run.Space, spec.NoneRule, random.NextInt);
    }

    /// <summary>Numbers 0 … <paramref name="count"/> − 1. The run may stop between any two of them and goes on where it stopped: a checkpoint
    /// then counts them as steps of the epoch that would come next. Record decisions only when all are there.
    /// The minibatches evaluated are counted, and the seconds of the attempt that ends it recorded.</summary>
    /// <param name="run">The run, after its last epoch.</param>
    /// <param name="count">How many.</param>
    /// <param name="score">(index, those before it) → number: a function of these, of the seed and of the trained state alone.</param>
    public static IReadOnlyList<double> Scores(this SearchRun run, int count, Func<int, IReadOnlyList<double>, double> score)
    {
        var scores = run.State.Progress.Carried<ScoreList>()?.Scores.ToList() ?? [];
        run.RecordCandidates(() =>
        {
            while (scores.Count < count)
            {
                run.StopIfAsked(progress => With(progress, scores.Count));
                var before = run.Measurements.Evaluated;
                scores.Add(score(scores.Count, scores));
                var progress = run.State.Progress;
                run.State.Progress = progress with { Gradients = progress.Gradients + new GradientCount(0, 0, 0, run.Measurements.Evaluated - before) };
            }
        });
        run.State.Progress = With(run.State.Progress, 0);
        return scores;

        SearchProgress With(SearchProgress progress, int step) => progress.Carrying(new ScoreList(scores)) with { Step = step };
    }

    private sealed record ScoreList(IReadOnlyList<double> Scores);
}
