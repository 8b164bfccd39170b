using NasFarm.Search.Phases;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Methods;

/// <summary>A2M (spec/algorithms.md §14): with g = ∇L_val(α) and α̃ = α + ρ g the architecture step follows
/// g̃ + ρ [∇L_val(α̃ + ε g̃) − ∇L_val(α̃ − ε g̃)] / 2ε, g̃ = ∇L_val(α̃): four gradients on one batch. The logits come back by snapshot. The
/// step ρ g is not normalised, as released; ε is the paper's 1e-2, where the code has 1e-3.</summary>
public sealed class A2m : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "a2m";

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> AlphaGradient(TrainingStep step)
    {
        var (rho, epsilon) = (step.Settings.Double("ascent"), step.Settings.Double("ascentDifference"));
        var alphas = step.State.TrainableAlphas();
        var home = new Snapshot(alphas);

        // 1. α̃ = α + ρ g, and g̃ there.
        home.Displace(step.AlphaGradient(step.Valid), rho);
        var ascent = new Snapshot(alphas);
        var gradient = step.AlphaGradient(step.Valid);

        // 2. How g̃ changes along itself.
        ascent.Displace(gradient, +epsilon);
        var plus = step.AlphaGradient(step.Valid);
        step.State.Net.RepeatNoise();
        ascent.Displace(gradient, -epsilon);
        var minus = step.AlphaGradient(step.Valid);
        home.Restore();
        return [.. gradient.Select((g, i) => g.add(plus[i].sub(minus[i]), alpha: rho / (2 * epsilon)))];
    }
}
