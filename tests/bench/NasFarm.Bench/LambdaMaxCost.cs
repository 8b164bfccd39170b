using System.Diagnostics;
using System.Text.Json;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;
using NasFarm.Search.Networks;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;
using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Bench;

/// <summary>λmax by Lanczos against the full Hessian, at random α states of growing size and at a trained one.</summary>
internal static class LambdaMaxCost
{
    private const double WeightDecay = 1e-3;

    public static int Run(BenchOptions o)
    {
        Determinism.Threads = o.Threads;
        Determinism.Require();
        using var outer = NewDisposeScope();
        var run = new SeedRunSpec
        {
            Method = "darts",
            NumericsRevision = 1,
            Hyperparameters = MethodCatalog.Resolve("darts", "darts"),
            Space = new("darts", o.Channels, o.Layers),
            Data = new() { Name = "fashion-mnist", ContentHash = "" },
            SearchSeed = 0,
            DataOrderSeed = 0,
        };
        using var state = new SearchState(run, 1, o.Classes, 1, CPU);
        var (x, y) = SearchStep.Input(o, CPU);
        var batch = new Batch(x, y);

        foreach (var (name, prepare) in States(state, batch))
        {
            prepare();
            var lanczosStart = Stopwatch.GetTimestamp();
            var (found, passes) = AlphaCurvature.LambdaMax(
                state, [batch], WeightDecay, 0, run.Hyperparameters.Int("lanczosSteps"), run.Hyperparameters.Double("lanczosTolerance"));
            var lanczos = Stopwatch.GetElapsedTime(lanczosStart).TotalSeconds;
            Console.Error.WriteLine(FormattableString.Invariant($"{name}: {found.Steps} products took {lanczos:F1} s; the full matrix takes 224"));
            var fullStart = Stopwatch.GetTimestamp();
            var exact = Largest(AlphaCurvature.FullHessian(state, [batch], WeightDecay));
            var full = Stopwatch.GetElapsedTime(fullStart).TotalSeconds;
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                state = name, n = 224, lanczos_s = lanczos, full_s = full, speedup = full / lanczos, lanczos_value = found.Value, full_value = exact,
                difference = Math.Abs(found.Value - exact) / exact, steps = found.Steps, passes,
            }));
        }
        return 0;
    }

    private static IEnumerable<(string, Action)> States(SearchState state, Batch batch)
    {
        foreach (var (scale, index) in new[] { 1e-3, 0.1, 0.5, 1.0, 2.0 }.Select((s, i) => (s, i)))
            yield return (FormattableString.Invariant($"alpha ~ {scale}·N(0,1)"), () => SetAlphas(state, scale, index));
        yield return ("after 60 training steps", () =>
        {
            SetAlphas(state, 1e-3, 9);
            for (var step = 0; step < 60; step++)
            {
                using var scope = NewDisposeScope();
                var alphas = state.TrainableAlphas();
                state.Moments.Step(state.Alphas.Trainable(state.Progress.Decisions), Architect.Gradients(state, batch, alphas), new(0.02, 0.5, 0.999, 1e-3));
                var weights = state.Net.ActiveParameters;
                var loss = F.cross_entropy(state.Net.Forward(batch.Images, [.. state.Alphas.Mixtures().Select(m => m.detach())], Mode.Train), batch.Labels);
                state.Momentum.Step(weights, Architect.LossGradients(loss, [.. weights.Select(w => w.Value)]), new(0.025, 0.9, 3e-4, false, 5));
            }
        }
        );
    }

    private static void SetAlphas(SearchState state, double scale, int index)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var stream = new RandomStream(index, "bench-alphas");
        foreach (var (_, vector) in state.Alphas.Named)
        {
            var values = new float[vector.shape[0]];
            stream.FillNormal(values, 0, scale);
            vector.copy_(tensor(values, [values.Length]));
        }
    }

    /// <summary>Largest eigenvalue of the matrix: Lanczos over the whole space with the stopping rule off.</summary>
    private static double Largest(double[,] matrix)
    {
        var n = matrix.GetLength(0);
        var start = Enumerable.Range(0, n).Select(i => 1.0 + i % 7).ToArray();
        return Search.LambdaMax.Lanczos.LargestEigenvalue(
            v => [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Sum(j => matrix[i, j] * v[j]))], start, n, tolerance: 0).Value;
    }
}
