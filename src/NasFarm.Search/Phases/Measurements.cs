using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;
using NasFarm.Search.Networks;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Phases;

/// <summary>What an epoch gave.</summary>
/// <param name="LambdaMax">λmax at its end; null: not measured.</param>
/// <param name="Validation">Sums over the α part.</param>
public readonly record struct EpochResult(double? LambdaMax, EpochSums Validation);

/// <summary>The numbers of a search that train nothing.</summary>
/// <param name="state">The search.</param>
/// <param name="unit">Settings and seed.</param>
/// <param name="data">Where batches come from.</param>
/// <param name="batchSize">Images per batch.</param>
/// <param name="sink">Where numbers go.</param>
public sealed class Measurements(SearchState state, UnitSpec unit, SearchData data, int batchSize, IUnitSink sink)
{
    private readonly Hyperparameters h = unit.SeedRun.Hyperparameters;

    /// <summary>λmax is to be measured after this epoch.</summary>
    public bool LambdaMaxIsDue =>
        h.Bool("lambdaMax") && !state.Progress.AllDecided
        && (state.Progress.Epoch - state.Progress.PhaseStart) % (h.ContainsKey("every") ? h.Int("every") : h.Int("lambdaMaxEvery")) == 0;

    /// <summary>λmax on the last α minibatches of the epoch (spec/lambda-max.md §1).</summary>
    /// <param name="steps">Steps of the epoch.</param>
    /// <param name="noise">Of the epoch.</param>
    /// <returns>The eigenvalue and the backward passes spent.</returns>
    public (double Value, long BackwardPasses) LambdaMax(int steps, TrainingNoise noise)
    {
        using var scope = NewDisposeScope();
        var count = Math.Min(h.Int("hessianBatches"), steps);
        var trained = state.Progress.Trained;
        var batches = Enumerable.Range(steps - count, count).Select(step => data.AlphaBatch(trained, step, batchSize, noise.Cutout)).ToList();
        var dropPath = noise.DropPath > 0
            ? new DropPath(noise.DropPath, new RandomStream(unit.SeedRun.SearchSeed, StreamNames.DropPath, trained, part: "lambda-max"))
            : null;
        var (result, passes) = AlphaCurvature.LambdaMax(
            state, batches, h.Double("alphaWeightDecay"), unit.SeedRun.SearchSeed, h.Int("lanczosSteps"), h.Double("lanczosTolerance"), dropPath);
        sink.Metric(trained, state.Progress.Epoch, "lanczos_steps", result.Steps);
        return (result.Value, passes);
    }

    /// <summary>Loss and accuracy over the whole α part, in evaluation mode.</summary>
    public EpochSums Validate(TrainingNoise noise)
    {
        using var frozen = no_grad();
        using var outer = NewDisposeScope();
        var sums = default(EpochSums);
        var mixtures = state.Alphas.Mixtures();
        foreach (var batch in data.Validation(state.Progress.Trained, batchSize, noise.Cutout))
        {
            using var scope = NewDisposeScope();
            var logits = state.Net.Forward(batch.Images, mixtures, Mode.Evaluate);
            sums = sums.Add(
                F.cross_entropy(logits, batch.Labels).item<float>(), logits.argmax(1).eq(batch.Labels).sum().item<long>(), batch.Count);
            batch.Dispose();
        }
        return sums;
    }

    /// <summary>How decided the logits are, and how much of the current normal cell is skips.</summary>
    public void ReportArchitecture(long trained, int epoch, Genotype genotype)
    {
        var values = state.Alphas.Values();
        var statistics = AlphaStatistics.Of(values.SelectMany(type => type), MethodCatalog.Get(unit.SeedRun.Method).Mixture);
        sink.Metric(trained, epoch, "alpha_entropy", statistics.NormalizedEntropy);
        sink.Metric(trained, epoch, "alpha_margin", statistics.TopTwoMargin);
        sink.Metric(trained, epoch, "skip_share", (double)genotype.Normal.SkipCount / state.Space.EdgesKept);
    }

    /// <summary>Gradient evaluations so far, by purpose.</summary>
    public void ReportCost(long trained, int epoch)
    {
        sink.Metric(trained, epoch, "grad_evals_w", state.Progress.Gradients.Weights);
        sink.Metric(trained, epoch, "grad_evals_alpha", state.Progress.Gradients.Alphas);
        sink.Metric(trained, epoch, "grad_evals_hessian", state.Progress.Gradients.Hessian);
    }
}
