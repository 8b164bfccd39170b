using NasFarm.Search.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Networks;

/// <summary>Drops whole paths for single images while training: x ← x / keep · Bernoulli(keep), one draw per image
/// (spec/retraining-and-data.md §1.2). P-DARTS drops elements of skip connections instead (spec/algorithms.md §8).</summary>
/// <param name="rate">Probability of dropping a path, in [0, 1).</param>
/// <param name="random">Source of the masks of this step.</param>
/// <param name="skipRate">Probability of dropping an element of a skip connection's output, in [0, 1).</param>
public sealed class DropPath(double rate, RandomStream random, double skipRate = 0)
{
    /// <summary>Whole paths are dropped, not only elements of skip connections.</summary>
    public bool DropsPaths => rate > 0;

    /// <summary>The output of a skip connection [B, C, H, W] → the same, some elements zero. The identity at rate 0.</summary>
    public Tensor ApplyToSkip(Tensor x)
    {
        if (skipRate <= 0)
            return x;
        var mask = new float[x.numel()];
        random.FillMask(mask, 1 - skipRate);
        using var host = tensor(mask, x.shape);
        return x * host.to(x.device);
    }

    /// <summary>[B, C, H, W] → the same, some images zero. The identity at rate 0.</summary>
    public Tensor Apply(Tensor x)
    {
        if (rate <= 0)
            return x;
        var keep = 1 - rate;
        var mask = new float[x.shape[0]];
        for (var i = 0; i < mask.Length; i++)
            mask[i] = random.NextDouble() < keep ? (float)(1 / keep) : 0f;
        using var host = tensor(mask, [mask.Length, 1, 1, 1]);
        return x * host.to(x.device);
    }
}
