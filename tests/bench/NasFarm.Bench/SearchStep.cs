using System.Diagnostics;
using System.Text.Json;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Networks;
using NasFarm.Search.Optimizers;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;
using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Bench;

/// <summary>Seconds of an α step and of a w step, first-order DARTS, exactly as a search takes them; deterministic mode on.</summary>
internal static class SearchStep
{
    public static int Run(BenchOptions o)
    {
        Determinism.Threads = o.Threads;
        Determinism.Require();
        using var outer = NewDisposeScope();
        var place = device(o.Device);
        var space = o.Space == "darts" ? SearchSpaces.Darts : SearchSpaces.NasBench201;
        using ISupernet net = o.Space == "darts"
            ? new DartsSupernet(space, o.Channels, o.Layers, 1, o.Classes, 0, place)
            : new NasBench201Supernet(o.Channels, o.Layers, 1, o.Classes, 0, place);
        using var alphas = new Alphas(space, 1e-3, 0, place);
        using var momentum = new SgdState(net.Weights.Parameters);
        using var moments = new AdamState([.. alphas.Named.Select(a => new NamedTensor(a.Name, a.Vector))]);
        var (x, y) = Input(o, place);
        if (o.Start is not null)
            Safetensors.Write(o.Start, TensorBytes.Entries([.. net.Weights.Parameters, .. alphas.Named.Select(a => new NamedTensor(a.Name, a.Vector)), new("x", x)]),
                JsonSerializer.SerializeToElement(new
                {
                    labels = y.cpu().data<long>().ToArray(),
                    weights = net.Weights.Parameters.Select(p => p.Name),
                    alphas = alphas.Named.Select(a => a.Name),
                }));
        var trainable = alphas.Trainable(CellDecisions.Start(space));
        var vectors = alphas.Named.Select(a => a.Vector).ToList();

        var (alphaTimes, weightTimes, losses) = (new List<double>(), new List<double>(), new List<double>());
        for (var step = -o.Warmup; step < o.Steps; step++)
        {
            var alpha = Time(o, () =>
            {
                var loss = F.cross_entropy(net.Forward(x, alphas.Mixtures(), Mode.Train), y);
                moments.Step(trainable, Architect.LossGradients(loss, vectors), new(3e-4, 0.5, 0.999, 1e-3));
                return loss;
            }, losses);
            var weight = Time(o, () =>
            {
                var mixtures = alphas.Mixtures().Select(m => m.detach()).ToList();
                var loss = F.cross_entropy(net.Forward(x, mixtures, Mode.Train), y);
                momentum.Step(net.Weights.Parameters, Architect.LossGradients(loss, [.. net.Weights.Parameters.Select(p => p.Value)]), new(o.LearningRate, 0.9, 3e-4, false, 5));
                return loss;
            }, losses);
            if (step >= 0)
            {
                alphaTimes.Add(alpha);
                weightTimes.Add(weight);
            }
        }
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            space = o.Space, channels = o.Channels, layers = o.Layers, batch = o.Batch, threads = o.Threads,
            parameters = net.Weights.ParameterCount, alpha_step_s = Median(alphaTimes), w_step_s = Median(weightTimes),
            peak_rss_mib = PeakMebibytes(), losses,
        }));
        return 0;
    }

    internal static (Tensor Images, Tensor Labels) Input(BenchOptions o, Device place)
    {
        var random = new RandomStream(0, "bench");
        var pixels = new float[o.Batch * o.Image * o.Image];
        random.FillNormal(pixels);
        var labels = Enumerable.Range(0, o.Batch).Select(_ => (long)random.NextInt(o.Classes)).ToArray();
        return (tensor(pixels, [o.Batch, 1, o.Image, o.Image]).to(place), tensor(labels).to(place));
    }

    internal static double Median(List<double> values)
    {
        values.Sort();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[values.Count / 2 - 1] + values[values.Count / 2]) / 2;
    }

    /// <summary>The kernel's high-water mark of this process's resident memory.</summary>
    internal static double PeakMebibytes() =>
        double.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;

    private static double Time(BenchOptions o, Func<Tensor> step, List<double> losses)
    {
        using var scope = NewDisposeScope();
        var started = Stopwatch.GetTimestamp();
        var loss = step();
        if (o.Device != "cpu")
            cuda.synchronize();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        losses.Add(loss.item<float>());
        return seconds;
    }
}
