using NasFarm.Catalog.Dirichlet;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Methods;

/// <summary>DrNAS (spec/algorithms.md §20): both steps mix with rows drawn from Dirichlet distributions of concentrations elu(α) + 1, each step with
/// draws of its own; the architecture step follows the pathwise gradient, ∇α L = Jᵀ ∂L/∂x, with J the derivative of the draw at a
/// fixed quantile of its gamma numbers. Departures from the released code: it takes another path of the same expectation (through the
/// marginals of the row, where here it goes through the gamma numbers); it draws in validation as well, where here validation and λmax
/// see the mean of the distributions; its space of DARTS operations has no <c>none</c>, which here takes its share of a row.
/// Its progressive learning, fewer operations and wider partial channels in a second half, is not here: this is its search on the whole
/// supernet, which the code has for NAS-Bench-201.</summary>
public sealed class DrNas : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "drnas";

    /// <inheritdoc/>
    public IReadOnlyList<Tensor>? AlphaGradient(TrainingStep step)
    {
        if (step.Epoch < step.Settings.Int("alphaFromEpoch"))
            return null;
        var (logits, space) = (step.State.Alphas.Values(), step.State.Space);
        var anchor = step.Settings.Double("anchorDivergence");

        // 1. ∂L_val/∂x at a draw.
        var draws = Draws(step, "alpha");
        var byWeights = step.MixtureGradient(step.Valid, Rows(draws, space.RowLengths));

        // 2. Through the draw to the concentrations, with the pull towards the anchor, and on to the logits.
        return [.. draws.SelectMany((type, t) => type.Select((row, index) =>
        {
            var byDraw = row.ByConcentrations(byWeights.Types[t].AsSpan(space.FirstOf(index), space.RowLengths[index]).ToArray());
            var byAnchor = Anchor.DivergenceGradient(Concentration.Of(logits[t][index]));
            var gradient = logits[t][index].Select((a, j) => (float)((byDraw[j] + anchor * byAnchor[j]) * Concentration.Slope(a))).ToArray();
            using var host = tensor(gradient, [gradient.Length]);
            return host.to(step.Train.Images.device, copy: true);
        }))];
    }

    /// <inheritdoc/>
    public WeightGradient WeightGradient(TrainingStep step) => step.WeightGradient(Rows(Draws(step, "weights"), step.State.Space.RowLengths));

    /// <summary>A row for every edge of every cell type: a function of the logits, the seed, the step and the purpose.</summary>
    public static DirichletRow[][] Draws(TrainingStep step, string purpose)
    {
        var random = step.Random(StreamNames.Dirichlet, purpose);
        return [.. step.State.Alphas.Values().Select(type => type.Select(logits =>
            DirichletRow.Draw(Concentration.Of(logits), random.NextNormal, () => 1 - random.NextDouble())).ToArray())];
    }

    private static MixtureRows Rows(DirichletRow[][] draws, IReadOnlyList<int> lengths) =>
        new([.. draws.Select(type => type.SelectMany(row => row.Weights).ToArray())], lengths);
}
