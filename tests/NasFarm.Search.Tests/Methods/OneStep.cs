using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;
using NasFarm.Search.Methods;
using NasFarm.Search.Optimizers;
using NasFarm.Search.Phases;
using NasFarm.Search.Tests.Phases;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Methods;

/// <summary>A tiny search opened at an epoch, to look at single steps of its method. Logits are large, so that mixtures differ from
/// operation to operation.</summary>
internal sealed class OneStep : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly SearchData data;
    private readonly SgdOptions sgd;

    public OneStep(string method, int epoch = 0, string space = "nas-bench-201", int? cells = null, params (string Name, object Value)[] settings)
    {
        (string, object)[] usual = [("lambdaMax", false), ("alphaInitialScale", 0.5), ("stepOrder", "alpha-first")];
        var unit = TinySearch.Unit(method, space, channels: space == "nas-bench-201" ? 4 : 2, cells: cells, settings:
            [.. settings, .. usual.Where(u => settings.All(s => s.Name != u.Item1) && MethodCatalog.Get(method).Settings.Any(s => s.Name == u.Item1))]);
        Method = SearchMethods.Get(method);
        Run = TinySearch.Open(unit, new MemorySink(Path.Combine(Path.GetTempPath(), "nasfarm-never-written")));
        data = new(TinySearch.Images(), unit.SeedRun.Data, unit.SeedRun.DataOrderSeed, CPU);
        var h = unit.SeedRun.Hyperparameters;
        sgd = new(0.05, h.Double("momentum"), h.Double("weightDecay"), h.Bool("nesterov"), h.Double("gradientClip"));
        At(epoch);
    }

    public ISearchMethod Method { get; }

    public SearchRun Run { get; }

    public SearchState State => Run.State;

    public void At(int epoch) => State.Progress = State.Progress with { Epoch = epoch };

    /// <summary>The step of that index, not taken yet.</summary>
    public TrainingStep Step(int index = 0) => new(State, Run.Unit.SeedRun, Method, data, 16, index, sgd);

    public float[] Alphas() => Flat(State.Alphas.Named.Select(a => a.Vector));

    public float[] Weights() => Flat(State.Net.Weights.Parameters.Select(p => p.Value));

    public float[] Statistics() => Flat(State.Net.Weights.Buffers.Select(b => b.Value));

    public void SetWeights(IReadOnlyList<Tensor> direction, double distance)
    {
        using var frozen = no_grad();
        foreach (var (weight, d) in State.Net.ActiveParameters.Zip(direction))
            weight.Value.add_(d, alpha: distance);
    }

    public static float[] Flat(IEnumerable<Tensor> tensors) => [.. tensors.SelectMany(t => t.detach().data<float>().ToArray())];

    /// <summary>Equal to a relative share of the largest number.</summary>
    public static void Close(IReadOnlyList<float> expected, IReadOnlyList<float> actual, double share = 1e-5)
    {
        Assert.Equal(expected.Count, actual.Count);
        var size = expected.Max(Math.Abs);
        var worst = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst <= share * size, $"the worst difference is {worst}, the largest number {size}");
    }

    /// <summary>The largest difference, as a share of the largest number.</summary>
    public static double Difference(IReadOnlyList<float> a, IReadOnlyList<float> b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max() / a.Max(Math.Abs);

    public void Dispose()
    {
        Run.Dispose();
        scope.Dispose();
    }
}
