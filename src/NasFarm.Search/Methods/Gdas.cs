using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Paths;
using NasFarm.Catalog.Sgas;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Methods;

/// <summary>GDAS (spec/algorithms.md §6): every forward pass of a training step draws one operation per edge, the same in all cells of a type, and
/// runs no other. The weight of what was drawn is h − stop(p) + p with h its one-hot row and p the Gumbel-softmax: 1 forward, p backward. The
/// weight step comes first, then the architecture step, each with a draw of its own. On NAS-Bench-201 (<c>othersAsNumbers</c>) the weights of
/// what was not drawn, 0 forward, are added to the node as numbers; in the NASNet-like code they are not, and every logit has its gradient
/// through the softmax p alone.
/// A DARTS cell keeps per node its two best pairs of edge and operation; both may lie on one edge (<see cref="Discretisation.BestPairs"/>).
/// An epoch is validated on every edge's strongest operation; the released code validates nothing. λmax is measured on the softmax
/// mixture of all operations, as for DARTS: the curvature of the relaxation, not of the samples that the search trains on; by default it
/// is not measured, for it costs more than the search. The released code draws again where a number is not finite: here Gumbel noise is
/// finite by construction, and logits that are not end the search. Its weights that were not drawn decay and follow their momentum; here
/// they rest.</summary>
public sealed class Gdas : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "gdas";

    /// <inheritdoc/>
    public WeightGradient WeightGradient(TrainingStep step)
    {
        var (path, rows) = Sample(step, "w");
        return step.State.Along(path, () => step.WeightGradient([.. rows.Select(r => r.detach())]));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> AlphaGradient(TrainingStep step)
    {
        var (path, rows) = Sample(step, "alpha");
        return step.State.Along(path, () => step.AlphaGradient(step.Valid, _ => rows));
    }

    /// <inheritdoc/>
    public IReadOnlyList<CellDecisions> Validated(SearchRun run) =>
        SinglePaths.Strongest(run.Space, run.Unit.SeedRun.NoneRule, run.State.Alphas.Values());

    /// <inheritdoc/>
    public Genotype Genotype(SearchRun run) =>
        run.Space.InDegree is null ? run.DerivedGenotype() : Discretisation.BestPairs(run.Space, run.State.Alphas.Values());

    /// <summary>One draw per edge for a forward pass.</summary>
    /// <param name="step">The step; its random stream decides.</param>
    /// <param name="update">Which of the two updates of the step.</param>
    /// <returns>Edge states that run what was drawn, and flattened rows of weights per cell type, differentiable in the logits.</returns>
    public static (IReadOnlyList<CellDecisions> Path, IReadOnlyList<Tensor> Rows) Sample(TrainingStep step, string update)
    {
        var (space, alphas, random) = (step.State.Space, step.State.Alphas, step.Random(StreamNames.Gumbel, update));
        var (temperature, others) = (GdasMethod.Temperature(step.Settings).At(step.Epoch), step.Settings.Bool("othersAsNumbers"));

        // 1. g, and the operation of each edge.
        var logits = alphas.Values();
        double[][][] noise = [.. logits.Select(type => type.Select(row => row.Select(_ => random.NextGumbel()).ToArray()).ToArray())];
        int[][] drawn = [.. logits.Zip(noise, (type, g) => type.Zip(g, GumbelSoftmax.Draw).ToArray())];

        // 2. h − stop(p) + p.
        var rows = alphas.Vectors.Select((vectors, t) =>
        {
            var g = Rows(vectors[0].device, noise[t]);
            var h = Rows(vectors[0].device, [.. drawn[t].Select(column => OneHot(column, space.Columns))]);
            var p = stack([.. vectors]).log_softmax(-1).add(g).div(temperature).softmax(-1);
            var straight = h.sub(p.detach()).add(p);
            return (others ? straight : straight.mul(h)).flatten();
        });
        return (SinglePaths.Sampled(space, drawn), [.. rows]);
    }

    private static double[] OneHot(int column, int columns) => [.. Enumerable.Range(0, columns).Select(i => i == column ? 1.0 : 0.0)];

    private static Tensor Rows(Device device, double[][] rows)
    {
        using var host = tensor([.. rows.SelectMany(row => row).Select(x => (float)x)], [rows.Length, rows[0].Length]);
        return host.to(device, copy: true);
    }
}
