namespace NasFarm.Catalog.Dirichlet;

/// <summary>Derivatives of ln Γ, for positive arguments: recurrence up to 10, from there the asymptotic series (Abramowitz and Stegun, 6.3.5,
/// 6.3.18, 6.4.6, 6.4.12), whose last term is below 1e-14.</summary>
public static class PolyGamma
{
    private const double Asymptotic = 10;

    /// <summary>ψ(x), the first.</summary>
    public static double Digamma(double x)
    {
        var sum = 0.0;
        for (; x < Asymptotic; x++)
            sum -= 1 / x;
        var f = 1 / (x * x);
        return sum + Math.Log(x) - 0.5 / x
            - f * (1.0 / 12 - f * (1.0 / 120 - f * (1.0 / 252 - f * (1.0 / 240 - f * (1.0 / 132 - f * (691.0 / 32760 - f / 12))))));
    }

    /// <summary>ψ′(x), the second.</summary>
    public static double Trigamma(double x)
    {
        var sum = 0.0;
        for (; x < Asymptotic; x++)
            sum += 1 / (x * x);
        var f = 1 / (x * x);
        return sum + 1 / x + f / 2
            + f / x * (1.0 / 6 - f * (1.0 / 30 - f * (1.0 / 42 - f * (1.0 / 30 - f * (5.0 / 66 - f * (691.0 / 2730 - f * 7 / 6))))));
    }
}
