namespace NasFarm.Analysis.Statistics;

/// <summary>Looks at a growing sample without spending more than the level. At each look the statistic is held against a boundary that
/// leaves, over all looks together, the two-sided level α to chance (Lan and DeMets 1983: an O'Brien–Fleming-type spending function;
/// Armitage, McPherson and Rowe 1969: the recursion over looks).</summary>
public static class GroupSequential
{
    /// <summary>Share of a one-sided level that may be spent up to information <paramref name="fraction"/>: 2 − 2Φ(z(1−α₁/2)/√t). Almost
    /// nothing early, all of α₁ at 1.</summary>
    /// <param name="oneSidedAlpha">α₁ in (0, 0.5).</param>
    /// <param name="fraction">t in (0, 1].</param>
    public static double Spent(double oneSidedAlpha, double fraction) =>
        2 * Tail.NormalBelow(-Tail.NormalQuantile(1 - (oneSidedAlpha / 2)) / Math.Sqrt(fraction));

    /// <summary>Boundary of |z| at each look of a symmetric two-sided test.</summary>
    /// <param name="alpha">Two-sided level of all looks together, in (0, 1).</param>
    /// <param name="fractions">Information at each look: seeds so far over seeds of the last look; strictly growing in (0, 1].</param>
    /// <exception cref="ArgumentException">Level or fractions are none of that.</exception>
    public static IReadOnlyList<double> Boundaries(double alpha, IReadOnlyList<double> fractions)
    {
        if (alpha is not (> 0 and < 1))
            throw new ArgumentException($"A level of {alpha} is not between 0 and 1.", nameof(alpha));
        if (fractions.Count == 0 || fractions[0] <= 0 || fractions[^1] > 1 || fractions.Zip(fractions.Skip(1)).Any(p => p.First >= p.Second))
            throw new ArgumentException($"Information fractions must grow within (0, 1]; here they are {string.Join(", ", fractions)}.", nameof(fractions));

        // The score S(t) = Z√t is a sum of independent increments N(0, Δt). `open` is its density on the paths that no look has stopped.
        var boundaries = new List<double>();
        var open = Density.AtOrigin;
        double before = 0, spent = 0;
        foreach (var t in fractions)
        {
            var due = Spent(alpha / 2, t) - spent;
            var step = Math.Sqrt(t - before);
            var boundary = Solve(c => open.Beyond(c * Math.Sqrt(t), step) - due);
            boundaries.Add(boundary);
            open = open.After(boundary * Math.Sqrt(t), step);
            (before, spent) = (t, spent + due);
        }
        return boundaries;
    }

    /// <summary>The p value, two-sided, at which a look with this boundary stops.</summary>
    public static double NominalLevel(double boundary) => Tail.NormalTwoSided(boundary);

    /// <summary>Zero of a falling function on (0, 12]; both ends are far outside of what a level can ask for.</summary>
    private static double Solve(Func<double, double> falling)
    {
        double low = 0, high = 12;
        while (high - low > 1e-10)
        {
            var middle = (low + high) / 2;
            (low, high) = falling(middle) > 0 ? (middle, high) : (low, middle);
        }
        return (low + high) / 2;
    }

    /// <summary>A symmetric density on Simpson's nodes; at the origin a single point of mass 1.</summary>
    private sealed record Density(double[] Nodes, double[] Masses)
    {
        private const int Intervals = 400;

        public static Density AtOrigin { get; } = new([0], [1]);

        /// <summary>Probability that the next value, one normal step of deviation <paramref name="step"/> on, lies above
        /// <paramref name="limit"/>; as large as that of lying below its negative.</summary>
        public double Beyond(double limit, double step)
        {
            var sum = 0.0;
            for (var i = 0; i < Nodes.Length; i++)
                sum += Masses[i] * Tail.NormalBelow((Nodes[i] - limit) / step);
            return sum;
        }

        /// <summary>The density one step on, cut at ±<paramref name="limit"/>.</summary>
        public Density After(double limit, double step)
        {
            var (nodes, masses, width) = (new double[Intervals + 1], new double[Intervals + 1], 2 * limit / Intervals);
            for (var j = 0; j <= Intervals; j++)
            {
                nodes[j] = -limit + (j * width);
                var density = 0.0;
                for (var i = 0; i < Nodes.Length; i++)
                {
                    var z = (nodes[j] - Nodes[i]) / step;
                    density += Masses[i] * Math.Exp(-z * z / 2);
                }
                var simpson = j is 0 or Intervals ? 1 : j % 2 == 1 ? 4 : 2;
                masses[j] = density / (step * Math.Sqrt(2 * Math.PI)) * simpson * width / 3;
            }
            return new(nodes, masses);
        }
    }
}
