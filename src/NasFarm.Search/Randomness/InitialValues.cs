namespace NasFarm.Search.Randomness;

/// <summary>Starting values of parameters. Each parameter has a stream of its own, keyed by its name, so that neither the order of
/// construction nor an added module changes the others.</summary>
public static class InitialValues
{
    /// <summary>Standard deviation of fresh alphas. Source: DARTS model_search.py (spec/algorithms.md §1.1).</summary>
    public const double AlphaScale = 1e-3;

    /// <summary>Weights or bias of a convolution or linear layer: U(−1/√fanIn, 1/√fanIn) (spec/algorithms.md §0.3).</summary>
    /// <param name="values">Where to write, in the parameter's memory order.</param>
    /// <param name="fanIn">Inputs that reach one output: input channels per group × kernel area; features for a linear layer.</param>
    /// <param name="seed">Search or retrain seed.</param>
    /// <param name="parameter">The parameter's full name, e.g. <c>cells.0.ops.3.weight</c>.</param>
    public static void FanInUniform(Span<float> values, int fanIn, long seed, string parameter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fanIn, 1);
        var bound = 1 / Math.Sqrt(fanIn);
        new RandomStream(seed, StreamNames.InitialWeights, part: parameter).FillUniform(values, -bound, bound);
    }

    /// <summary>Architecture logits: 1e-3 · N(0, 1).</summary>
    public static void Alphas(Span<float> values, long seed, string parameter) =>
        new RandomStream(seed, StreamNames.Alphas, part: parameter).FillNormal(values, 0, AlphaScale);
}
