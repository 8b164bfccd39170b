namespace NasFarm.Catalog.Dirichlet;

/// <summary>How far a Dirichlet distribution is from the anchor of DrNAS, in which all concentrations are 1.</summary>
public static class Anchor
{
    /// <summary>∂/∂c of KL(Dir(c) ‖ Dir(1)) = ln Γ(Σc) − Σ ln Γ(c_j) − ln Γ(K) + Σ (c_j − 1)(ψ(c_j) − ψ(Σc)):
    /// (c_j − 1) ψ′(c_j) − (Σc − K) ψ′(Σc).</summary>
    public static double[] DivergenceGradient(IReadOnlyList<double> concentrations)
    {
        var sum = concentrations.Sum();
        var common = (sum - concentrations.Count) * PolyGamma.Trigamma(sum);
        return [.. concentrations.Select(c => (c - 1) * PolyGamma.Trigamma(c) - common)];
    }
}
