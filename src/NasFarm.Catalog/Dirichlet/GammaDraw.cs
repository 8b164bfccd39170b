namespace NasFarm.Catalog.Dirichlet;

/// <summary>Random numbers with the density z^(c−1) e^(−z) / Γ(c), as logarithms: at small shapes c the numbers themselves are too small to be
/// told from 0.</summary>
public static class GammaDraw
{
    /// <summary>ln z, by rejection (Marsaglia and Tsang, "A simple method for generating gamma variables", 2000): z = d (1 + x/√9d)³ with
    /// d = c − 1/3 and x normal. A shape below 1 is drawn as z(c + 1) · u^(1/c) (their §6).</summary>
    /// <param name="shape">c, above 0.</param>
    /// <param name="normal">Standard normal numbers.</param>
    /// <param name="uniform">Uniform numbers in (0, 1].</param>
    public static double Log(double shape, Func<double> normal, Func<double> uniform)
    {
        if (shape < 1)
            return Log(shape + 1, normal, uniform) + Math.Log(uniform()) / shape;
        var d = shape - 1.0 / 3;
        while (true)
        {
            var x = normal();
            var root = 1 + x / Math.Sqrt(9 * d);
            var u = uniform();
            if (root <= 0)
                continue;
            var logV = 3 * Math.Log(root);
            if (Math.Log(u) < 0.5 * x * x + d * (1 - Math.Exp(logV) + logV))
                return Math.Log(d) + logV;
        }
    }
}
