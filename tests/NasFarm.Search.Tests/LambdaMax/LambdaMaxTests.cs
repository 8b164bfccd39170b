using NasFarm.Search.LambdaMax;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using NasFarm.Search.Tests.Phases;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.LambdaMax;

/// <summary>The cross-checks of spec/lambda-max.md §5.</summary>
public sealed class LambdaMaxTests
{
    private const double WeightDecay = 1e-3;

    [Fact]
    public void A_quadratic_gives_its_largest_eigenvalue_plus_the_decay()
    {
        // A = Q diag(…) Qᵀ with Q a Householder reflection; the most negative eigenvalue is the largest in magnitude.
        double[] eigenvalues = [0.7, 0.3, -1.5, 0.05, 0.0, 0.69];
        var n = eigenvalues.Length;
        var h = Start(n, 11);
        var hh = h.Sum(x => x * x);
        double Q(int i, int k) => (i == k ? 1 : 0) - 2 * h[i] * h[k] / hh;
        double A(int i, int j) => Enumerable.Range(0, n).Sum(k => Q(i, k) * eigenvalues[k] * Q(j, k));
        var curvature = new Curvature(x => [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Sum(j => A(i, j) * x[j]))], n, WeightDecay);

        var found = Lanczos.LargestEigenvalue(curvature.Multiply, Start(n, 12));
        Assert.True(found.Converged);
        Assert.Equal(0.701, found.Value, 3);
        Assert.Equal(found.Steps, curvature.Products);
    }

    [Fact]
    public void An_exhausted_Krylov_space_ends_the_iteration()
    {
        var found = Lanczos.LargestEigenvalue(v => Array.ConvertAll(v, x => 2.5 * x), Start(40, 1));
        Assert.Equal(2.5, found.Value, 12);
        Assert.Equal(1, found.Steps);
    }

    [Theory, InlineData("nas-bench-201"), InlineData("robust-s1"), InlineData("nas-bench-macro"), InlineData("deeper-insights"), InlineData("nas-bench-1shot1-2")]
    public void Lanczos_agrees_with_the_full_Hessian_within_two_percent(string space) => AgreesWithTheFullHessian(space);

    [Fact, Trait("Tier", "all")]
    public void It_does_with_every_operation_of_the_DARTS_space() => AgreesWithTheFullHessian("sgas-es");

    private static void AgreesWithTheFullHessian(string space)
    {
        using var scope = NewDisposeScope();
        using var run = Trained(space);
        var batch = Batch(run);
        var (result, passes) = AlphaCurvature.LambdaMax(run.State, [batch], WeightDecay, 5, 20, 0.01);
        var eigenvalues = Eigenvalues(AlphaCurvature.FullHessian(run.State, [batch], WeightDecay));
        Assert.InRange(result.Value, eigenvalues[^1] * 0.98, eigenvalues[^1] * 1.02);
        Assert.Equal(1 + result.Steps, passes);
    }

    [Fact]
    public void Adding_a_constant_to_a_row_changes_nothing_so_each_edge_has_one_eigenvalue_equal_to_the_decay()
    {
        using var scope = NewDisposeScope();
        using var run = Trained("nas-bench-201");
        var hessian = AlphaCurvature.FullHessian(run.State, [Batch(run)], WeightDecay);
        for (var edge = 0; edge < 6; edge++)
            for (var i = 0; i < 30; i++)
            {
                var along = Enumerable.Range(edge * 5, 5).Sum(j => hessian[i, j]);
                var due = i / 5 == edge ? WeightDecay : 0;
                Assert.True(Math.Abs(along - due) < 1e-5, $"row {i} along edge {edge}: {along}, due {due}");
            }
    }

    [Fact]
    public void The_logits_of_a_decided_edge_do_not_count()
    {
        using var scope = NewDisposeScope();
        using var run = Trained("nas-bench-201");
        run.DecideEdges();
        var decided = run.State.Progress.Decisions[0].Edges.ToList().FindIndex(e => e.Operation is not null);
        var batch = Batch(run);
        var before = AlphaCurvature.LambdaMax(run.State, [batch], WeightDecay, 5, 20, 0.01).Result;
        using (no_grad())
            run.State.Alphas.Vectors[0][decided].add_(tensor(new[] { 3f, -1f, 0.5f, 2f, -4f }, [5]));
        Assert.Equal(before, AlphaCurvature.LambdaMax(run.State, [batch], WeightDecay, 5, 20, 0.01).Result);
    }

    [Fact]
    public void Measuring_leaves_no_trace()
    {
        using var scope = NewDisposeScope();
        using var run = Trained("sgas-es");
        var before = run.State.Tensors();
        _ = AlphaCurvature.LambdaMax(run.State, [Batch(run)], WeightDecay, 5, 20, 0.01);
        Assert.All(before.Zip(run.State.Tensors()), pair => Assert.True(pair.First.Bytes.Span.SequenceEqual(pair.Second.Bytes.Span), pair.First.Name));
    }

    private static SearchRun Trained(string space)
    {
        var run = TinySearch.Open(
            TinySearch.Unit(space is "nas-bench-201" or "sgas-es" ? "sgas" : "darts", space, channels: space == "nas-bench-201" ? 4 : 2, settings: ("lambdaMax", false)), new MemorySink(Path.GetTempPath() + "nasfarm-unused"));
        return run;
    }

    private static Batch Batch(SearchRun run) =>
        new SearchData(TinySearch.Images(), run.Unit.SeedRun.Data, 3, CPU).AlphaBatch(0, 0, 16);

    private static double[] Start(int n, long seed)
    {
        var stream = new RandomStream(seed, StreamNames.Lanczos);
        return [.. Enumerable.Range(0, n).Select(_ => stream.NextNormal())];
    }

    /// <summary>All eigenvalues, ascending: cyclic Jacobi, the plainest method there is.</summary>
    private static double[] Eigenvalues(double[,] a)
    {
        var n = a.GetLength(0);
        for (var sweep = 0; sweep < 30; sweep++)
            for (var p = 0; p < n; p++)
                for (var q = p + 1; q < n; q++)
                {
                    if (Math.Abs(a[p, q]) < 1e-14)
                        continue;
                    var theta = (a[q, q] - a[p, p]) / (2 * a[p, q]);
                    var t = Math.CopySign(1, theta) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
                    var c = 1 / Math.Sqrt(t * t + 1);
                    var s = t * c;
                    for (var k = 0; k < n; k++)
                        (a[k, p], a[k, q]) = (c * a[k, p] - s * a[k, q], s * a[k, p] + c * a[k, q]);
                    for (var k = 0; k < n; k++)
                        (a[p, k], a[q, k]) = (c * a[p, k] - s * a[q, k], s * a[p, k] + c * a[q, k]);
                }
        return [.. Enumerable.Range(0, n).Select(i => a[i, i]).Order()];
    }
}
