using NasFarm.Catalog.Derivation;

namespace NasFarm.Catalog.Dirichlet;

/// <summary>Mixture weights x of one edge, drawn from a Dirichlet distribution: x = z / Σ z with z_j gamma-distributed of shape c_j.</summary>
/// <param name="Weights">x, on the simplex.</param>
/// <param name="Slopes">d ln z_j / dc_j.</param>
public sealed record DirichletRow(IReadOnlyList<double> Weights, IReadOnlyList<double> Slopes)
{
    /// <summary>Draws a row.</summary>
    /// <param name="concentrations">c, each above 0.</param>
    /// <param name="normal">Standard normal numbers.</param>
    /// <param name="uniform">Uniform numbers in (0, 1].</param>
    public static DirichletRow Draw(IReadOnlyList<double> concentrations, Func<double> normal, Func<double> uniform)
    {
        var logs = concentrations.Select(c => GammaDraw.Log(c, normal, uniform)).ToArray();
        return new(Softmax.Of(logs), [.. concentrations.Zip(logs, GammaSlope.OfLog)]);
    }

    /// <summary>The pathwise gradient Jᵀ g: ∂x_i/∂c_j = x_i (δ_ij − x_j) · d ln z_j/dc_j.</summary>
    /// <param name="byWeights">g = ∂L/∂x.</param>
    /// <returns>∂L/∂c.</returns>
    public double[] ByConcentrations(IReadOnlyList<double> byWeights)
    {
        var mean = Weights.Zip(byWeights, (x, g) => x * g).Sum();
        return [.. Weights.Select((x, j) => Slopes[j] * x * (byWeights[j] - mean))];
    }
}
