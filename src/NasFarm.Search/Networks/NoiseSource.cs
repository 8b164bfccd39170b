using NasFarm.Search.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Networks;

/// <summary>What the operation <c>noise</c> draws (spec/search-spaces.md §3.2): N(0, 1) tensors, fresh in every forward pass, that can be
/// drawn again. Each is a pure function of the seed, the position of the training, the mode and number of the forward pass there, and
/// the place in the network, so a resumed run sees what an undisturbed one sees. Passes of one mode do not count for the others:
/// measuring λmax moves nothing.</summary>
/// <param name="seed">Search seed, or retrain seed of a derived network.</param>
public sealed class NoiseSource(long seed)
{
    private readonly uint[] forwards = new uint[Enum.GetValues<Mode>().Length];
    private (long Trained, int Step) position;
    private Mode mode;

    /// <summary>Sets the position; a new one starts counting forward passes again.</summary>
    /// <param name="trained">Trained epoch, which never rewinds.</param>
    /// <param name="step">Step in the epoch.</param>
    public void MoveTo(long trained, int step)
    {
        if (position == (trained, step))
            return;
        position = (trained, step);
        Array.Clear(forwards);
    }

    /// <summary>A forward pass begins.</summary>
    public void NextForward(Mode pass)
    {
        mode = pass;
        forwards[(int)pass]++;
    }

    /// <summary>The next forward pass of that mode draws what the last one drew: the other end of a finite difference.</summary>
    public void Repeat() => forwards[(int)mode]--;

    /// <summary>Standard normal numbers, on the device of <paramref name="x"/>, of the shape that an operation of this stride gives it.
    /// No gradient flows back to x.</summary>
    /// <param name="x">[B, C, H, W].</param>
    /// <param name="stride">1 or 2; odd sides are rounded up.</param>
    /// <param name="place">Name of the operation in its network.</param>
    public Tensor Like(Tensor x, int stride, string place)
    {
        long[] shape = [x.shape[0], x.shape[1], (x.shape[2] + stride - 1) / stride, (x.shape[3] + stride - 1) / stride];
        var values = new float[shape.Aggregate(1L, (product, side) => product * side)];
        var (high, low) = (position.Trained << 32, (uint)position.Step);
        new RandomStream(seed, StreamNames.Noise, high | low, forwards[(int)mode], $"{mode.ToString().ToLowerInvariant()}/{place}").FillNoise(values);
        using var host = tensor(values, shape);
        return host.to(x.device, copy: true);
    }
}
