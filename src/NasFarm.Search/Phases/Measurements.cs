using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Paths;
using NasFarm.Catalog.Removal;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Units;
using NasFarm.Catalog.Untrained;
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

    /// <summary>Minibatches that were evaluated without a gradient so far.</summary>
    public long Evaluated { get; private set; }

    /// <summary>λmax is to be measured after this epoch.</summary>
    public bool LambdaMaxIsDue =>
        h.IsOn("lambdaMax") && !state.Progress.AllDecided
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
        var dropPath = noise.Dropping(new RandomStream(unit.SeedRun.SearchSeed, StreamNames.DropPath, trained, part: "lambda-max"));
        var (result, passes) = AlphaCurvature.LambdaMax(
            state, batches, h.Double("alphaWeightDecay"), unit.SeedRun.SearchSeed, h.Int("lanczosSteps"), h.Double("lanczosTolerance"), dropPath);
        sink.Metric(trained, state.Progress.Epoch, "lanczos_steps", result.Steps);
        sink.Metric(trained, state.Progress.Epoch, "lambda_max_batches", count);
        return (result.Value, passes);
    }

    /// <summary>∂L_tr/∂(mixture weights) of every layer of a cell type, each with weights of its own, on the last w minibatch of the epoch in training
    /// mode. The running statistics stay as they are.</summary>
    /// <param name="type">Index of the cell type.</param>
    /// <param name="steps">Steps of the epoch.</param>
    public IReadOnlyList<double[]> LayerGradients(int type, int steps)
    {
        using var scope = NewDisposeScope();
        var (types, shared) = (state.Net.LayerTypes, state.Alphas.Mixtures());
        var layers = types.Select(t => shared[t].detach().clone().requires_grad_(true)).ToList();
        var batch = data.WeightBatch(state.Progress.Trained, steps - 1, batchSize);
        var statistics = new Snapshot([.. state.Net.Weights.Buffers.Select(b => b.Value)]);
        // As for λmax, this mode has noise of its own: nothing that trains sees other numbers because of it.
        var loss = F.cross_entropy(state.Net.ForwardLayers(batch.Images, layers, Mode.Curvature), batch.Labels);
        var gradients = Architect.LossGradients(loss, [.. layers.Where((_, l) => types[l] == type)]);
        statistics.Restore();
        return MixtureRows.Of(gradients, state.Space.RowLengths).Types;
    }

    /// <summary>Loss and accuracy over the whole α part, in evaluation mode.</summary>
    /// <param name="noise">Of the epoch.</param>
    /// <param name="path">The operations that run, with the shared weights; null: the mixture of α.</param>
    public EpochSums Validate(TrainingNoise noise, IReadOnlyList<CellDecisions>? path = null)
    {
        var batches = data.Validation(state.Progress.Trained, batchSize, noise.Cutout);
        return path is null ? Evaluate(batches) : state.Along(path, () => Evaluate(batches));
    }

    /// <summary>The same for a cell with the shared weights.</summary>
    public EpochSums Validate(TrainingNoise noise, Genotype cell) => Validate(noise, SinglePaths.Of(cell));

    /// <summary>Loss and accuracy of a cell with the shared weights over some α minibatches, in evaluation mode.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="first">First minibatch: a step of the epoch that would come next.</param>
    /// <param name="count">Minibatches.</param>
    /// <param name="images">Images of a minibatch, all where the α part has fewer; null: the batch size of the search.</param>
    public EpochSums OnMinibatches(Genotype cell, int first, int count, int? images = null) => state.Along(SinglePaths.Of(cell), () =>
        Evaluate(Enumerable.Range(first, count).Select(step => data.AlphaBatch(state.Progress.Trained, step, images ?? batchSize))));

    /// <summary>Minibatches of the whole α part.</summary>
    public int ValidationMinibatches => data.ValidationSteps(batchSize);

    /// <summary>Loss and accuracy over the whole α part while something is taken out of the supernet: the weight of an operation becomes 0 and
    /// those beside it stay as they are, or a decided edge is left out. Batch statistics, as the released DARTS-PT has it; the running ones
    /// stay as they are.</summary>
    /// <param name="decisions">States of the edges.</param>
    /// <param name="removed">What is taken out.</param>
    /// <param name="number">Number of this evaluation after the epoch, from 1: operations that draw noise draw other noise for each.</param>
    public EpochSums Without(IReadOnlyList<CellDecisions> decisions, Removed removed, int number)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var (mixtures, cells) = (state.Alphas.Mixtures().ToArray(), decisions.ToArray());
        if (removed.Column is { } column)
            mixtures[removed.Type].narrow(0, (long)removed.Edge * state.Space.Columns + column, 1).zero_();
        else
            cells[removed.Type] = RemovalSelection.Without(cells[removed.Type], removed.Edge);
        var statistics = new Snapshot([.. state.Net.Weights.Buffers.Select(b => b.Value)]);
        state.Net.MoveTo(state.Progress.Trained, number);
        var sums = state.Along(cells, () => Evaluate(data.Validation(state.Progress.Trained, batchSize), mixtures, Mode.Train));
        statistics.Restore();
        return sums;
    }

    /// <summary>NASWOT's score of a cell inside the supernet as it is: ln |det K| over every use of a ReLU output, on the first minibatch
    /// that the next epoch would train on, under its batch statistics; −∞ where K is singular. Running statistics stay as they are.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="images">Images of the minibatch; fewer where the w part has fewer.</param>
    public double KernelScore(Genotype cell, int images)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var batch = data.WeightBatch(state.Progress.Trained, 0, images);
        var kernel = new ActivationKernel((int)batch.Count);
        Evaluated++;
        var statistics = new Snapshot([.. state.Net.Weights.Buffers.Select(b => b.Value)]);
        state.Along(SinglePaths.Of(cell), () =>
        {
            state.Net.Weights.Relu.Listen(
                to: output => kernel.Add(output.cpu().data<float>().ToArray()),
                forward: () => state.Net.Forward(batch.Images, state.Alphas.Mixtures(), Mode.Train));
            return kernel;
        });
        statistics.Restore();
        return kernel.LogDeterminant();
    }

    private EpochSums Evaluate(IEnumerable<Batch> batches)
    {
        using var frozen = no_grad();
        using var outer = NewDisposeScope();
        return Evaluate(batches, state.Alphas.Mixtures(), Mode.Evaluate);
    }

    private EpochSums Evaluate(IEnumerable<Batch> batches, IReadOnlyList<Tensor> mixtures, Mode mode)
    {
        var sums = default(EpochSums);
        foreach (var batch in batches)
        {
            Evaluated++;
            using var scope = NewDisposeScope();
            var logits = state.Net.Forward(batch.Images, mixtures, mode);
            sums = sums.Add(
                F.cross_entropy(logits, batch.Labels).item<float>(), logits.argmax(1).eq(batch.Labels).sum().item<long>(), batch.Count);
            batch.Dispose();
        }
        return sums;
    }

    /// <summary>How decided the logits are, and how much of the current normal cell is skips.</summary>
    public void ReportArchitecture(long trained, int epoch, Genotype genotype)
    {
        if (MethodCatalog.Get(unit.SeedRun.Method) is { LearnsAlphas: true } definition)
        {
            var statistics = AlphaStatistics.Of(state.Alphas.Values().SelectMany(type => type), definition.Mixture);
            sink.Metric(trained, epoch, "alpha_entropy", statistics.NormalizedEntropy);
            sink.Metric(trained, epoch, "alpha_margin", statistics.TopTwoMargin);
        }
        sink.Metric(trained, epoch, "skip_share", (double)genotype.Normal.SkipCount / state.Space.EdgesKept);
    }

    /// <summary>Gradient evaluations so far, by purpose, and passes without one.</summary>
    public void ReportCost(long trained, int epoch)
    {
        sink.Metric(trained, epoch, "grad_evals_w", state.Progress.Gradients.Weights);
        sink.Metric(trained, epoch, "grad_evals_alpha", state.Progress.Gradients.Alphas);
        sink.Metric(trained, epoch, "grad_evals_hessian", state.Progress.Gradients.Hessian);
        sink.Metric(trained, epoch, "forward_evals", state.Progress.Gradients.Forwards);
    }
}
