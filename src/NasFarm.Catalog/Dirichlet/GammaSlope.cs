namespace NasFarm.Catalog.Dirichlet;

/// <summary>How a gamma number moves with its shape while its quantile stays (Figurnov, Mohamed, Mnih, "Implicit reparameterization gradients",
/// NeurIPS 2018): dz/dc = −(∂P/∂c) / (∂P/∂z), P(c, z) the regularised incomplete gamma function. In double precision, by formulas whose
/// terms do not cancel.</summary>
public static class GammaSlope
{
    private const double Precision = 1e-14;
    private const int MostTerms = 100_000;

    /// <summary>d ln z / dc = −(∂P/∂c) / (z^c e^(−z) / Γ(c)).</summary>
    /// <param name="shape">c, above 0.</param>
    /// <param name="log">ln z.</param>
    public static double OfLog(double shape, double log)
    {
        if (!(shape > 0) || !double.IsFinite(shape) || !double.IsFinite(log))
            throw new ArgumentException(FormattableString.Invariant($"A gamma number of shape {shape} with logarithm {log} has no slope."));
        return Math.Exp(log) < shape + 1 ? BySeries(shape, log) : ByFraction(shape, log);
    }

    /// <summary>P = z^c e^(−z)/Γ(c) · Σ t_n with t_n = z^n / (c (c+1) … (c+n)), hence d ln z/dc = Σ t_n (ψ(c+n+1) − ln z).</summary>
    private static double BySeries(double c, double log)
    {
        var (z, term, digamma) = (Math.Exp(log), 1 / c, PolyGamma.Digamma(c + 1));
        var sum = term * (digamma - log);
        for (var n = 1; n < MostTerms; n++)
        {
            term *= z / (c + n);
            digamma += 1 / (c + n);
            var next = term * (digamma - log);
            sum += next;
            if (Math.Abs(next) < Precision * Math.Abs(sum) && z < c + n)
                return sum;
        }
        throw NoEnd(c, log);
    }

    /// <summary>1 − P = z^c e^(−z)/Γ(c) · U, U = 1/(z+1−c − 1(1−c)/(z+3−c − 2(2−c)/(z+5−c − …))), hence
    /// d ln z/dc = (ln z − ψ(c)) U + dU/dc. The fraction is Lentz', carried out on values together with their derivatives by c.</summary>
    private static double ByFraction(double c, double log)
    {
        var b = new Dual(Math.Exp(log) + 1 - c, -1);
        var d = new Dual(1, 0) / b;
        var (u, ratio) = (d, new Dual(1e300, 0));
        for (var n = 1; n < MostTerms; n++)
        {
            var a = new Dual(-n * (n - c), n);
            b = b with { Value = b.Value + 2 };
            d = new Dual(1, 0) / (a * d + b);
            ratio = b + a / ratio;
            var factor = d * ratio;
            u *= factor;
            // A whole c ends the values early, not the derivatives.
            if (Math.Abs(factor.Value - 1) < Precision && Math.Abs(factor.Slope) < Precision)
                return (log - PolyGamma.Digamma(c)) * u.Value + u.Slope;
        }
        throw NoEnd(c, log);
    }

    private static InvalidOperationException NoEnd(double c, double log) =>
        new(FormattableString.Invariant($"The slope of a gamma number of shape {c} with logarithm {log} did not settle."));

    /// <summary>A number and its derivative.</summary>
    private readonly record struct Dual(double Value, double Slope)
    {
        public static Dual operator +(Dual a, Dual b) => new(a.Value + b.Value, a.Slope + b.Slope);

        public static Dual operator *(Dual a, Dual b) => new(a.Value * b.Value, a.Slope * b.Value + a.Value * b.Slope);

        public static Dual operator /(Dual a, Dual b) => new(a.Value / b.Value, (a.Slope - a.Value / b.Value * b.Slope) / b.Value);
    }
}
