using System.Text.Json;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Retraining;
using NasFarm.Catalog.Units;

namespace NasFarm.Analysis.Tests;

/// <summary>Sweeps with scores chosen by hand.</summary>
internal static class Synthetic
{
    public const string GoodCell = "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|";
    public const string SkipCell = "|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|skip_connect~2|";
    public const string Column = "c10_test_200";

    /// <summary>A NAS-Bench-201 run scored by the table.</summary>
    public static SeedRunResult TableRun(string method, long seed, double c10, string? arm = null) => new()
    {
        RunId = $"{arm ?? method}-{seed}",
        Arm = arm ?? method,
        Spec = Spec(method, seed, "nas-bench-201", "cifar-10"),
        State = SeedRunState.Finished,
        Genotype = c10 < 80 ? SkipCell : GoodCell,
        Table = new Dictionary<string, double> { [Column] = c10 },
        Cost = Cost(),
    };

    /// <summary>A run in the SGAS-es space, retrained once per score.</summary>
    public static SeedRunResult RetrainRun(string method, long seed, params (string Data, string Recipe, double[] Scores)[] targets) => new()
    {
        RunId = $"{method}-{seed}",
        Arm = method,
        Spec = Spec(method, seed, "sgas-es", "fashion-mnist"),
        State = SeedRunState.Finished,
        Genotype = Catalog.Genotypes.PublishedGenotypes.Get($"SGAS_ES_FM_{seed % 3 + 1}").ToString(),
        Retrains =
        [
            .. targets.SelectMany(t => t.Scores.Select((score, k) => new RetrainResult(
                $"{method}-{seed}-{t.Data}-{k}", t.Data, t.Recipe, k, new(score, score + 0.1, 3_697_102, false), Retrain(t.Data, t.Recipe)))),
        ],
        Cost = Cost(),
    };

    public static SeedRunSpec Spec(string method, long seed, string space, string data) => new()
    {
        Method = method, NumericsRevision = 1, Hyperparameters = MethodCatalog.Resolve(method, space),
        Space = new(space, 16, space == "nas-bench-201" ? 5 : 8), Data = new() { Name = data, ContentHash = "00" }, SearchSeed = seed, DataOrderSeed = seed,
    };

    public static RetrainSpec Retrain(string data, string recipe) => new()
    {
        Data = new() { Name = data, ContentHash = "00" }, Recipe = recipe, NumericsRevision = 1, Settings = RecipeCatalog.Resolve(recipe, "sgas-es"),
    };

    public static RunCost Cost(long trained = 50) => new(19_550, 19_550, 0, trained, Math.Min(trained, 50), 0, 0, 3600, 0);

    /// <summary>Table arms over seeds 0, 1, …</summary>
    public static SweepResult TableSweep(params (string Arm, double[] Scores)[] arms) =>
        Sweep(arms.SelectMany(a => a.Scores.Select((score, seed) => TableRun(a.Arm, seed, score))));

    public static SweepResult Sweep(IEnumerable<SeedRunResult> runs, string? primaryA = "sgas-es", string? primaryB = "darts", string budget = "none")
    {
        var all = runs.ToList();
        return new()
        {
            SweepId = "sweep-1", Name = "synthetic", Manifest = "apiVersion: nasfarm.io/v1\nkind: Sweep\n", Arms = [.. all.Select(r => r.Arm).Distinct()],
            Comparison = new(primaryA, primaryB, budget), Runs = all, CodeVersion = "0.1.0+test",
        };
    }

    /// <summary>Scores 90, 90 + step, … in a fixed mixed order, so that ranks differ from seeds (n no multiple of 11).</summary>
    public static double[] Spread(int n, double step, double centre = 90) =>
        [.. Enumerable.Range(0, n).Select(i => Math.Round(centre + ((i * 11 % n) - (n - 1) / 2.0) * step, 6))];

    public static DecisionRecord Decision(string name, long step, int epoch, object? detail = null) =>
        new(0, step, epoch, name, JsonSerializer.SerializeToElement(detail ?? new { }));

    public static IReadOnlyList<TrajectoryPoint> Curve(params double[] values) => [.. values.Select((v, i) => new TrajectoryPoint(i, i, v))];
}
