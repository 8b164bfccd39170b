using NasFarm.Analysis.Statistics;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using static NasFarm.Analysis.Tests.Synthetic;

namespace NasFarm.Analysis.Tests.Report;

/// <summary>Sweeps with everything a report can show: trajectories, triggers, rollbacks, collapses, costs, several targets.</summary>
internal static class RichSweeps
{
    /// <summary>NAS-Bench-201 by table: five arms, DARTS collapsing now and then.</summary>
    public static SweepResult Table(int seeds) => Sweep(
        new[] { "sgas-es", "sgas-matched", "sgas-es-placebo", "darts", "random" }.SelectMany((arm, a) => Enumerable.Range(0, seeds).Select(seed =>
        {
            var random = new CounterRandom((ulong)(a * 1000 + seed));
            double U(ulong i) => random.Bits(i) / (double)ulong.MaxValue;
            var collapsed = arm == "darts" && U(1) < 0.45;
            var score = collapsed ? 54.30 : arm switch { "sgas-es" => 93.2 + U(2), "sgas-matched" => 92 + 2 * U(2), "random" => 84 + 9 * U(2), _ => 90 + 3.5 * U(2) };
            var run = TableRun(arm, seed, Math.Round(score, 2)) with
            {
                Genotype = collapsed ? SkipCell : RandomGenotypes.Draw(SearchSpaces.NasBench201, NoneRule.Excluded, Below(random, 100)).ToString(),
                Cost = arm == "random" ? new(0, 0, 0, 0, 0, 0, 0, 0.4, 0) : new(19_550 + (long)(900 * U(3)), 19_550, arm == "sgas-es" ? 1_200 : 0, arm == "sgas-es" ? 61 : 50, 50, arm == "sgas-es" ? 410 : 0, 12, 3600 + 90 * U(4), 0),
                Attempts = 1,
            };
            run = run with { Table = new Dictionary<string, double>(run.Table) { ["c100_test_200"] = Math.Round(score - 22.4 - U(5), 2), ["in16_test_200"] = Math.Round(score - 49 - 2 * U(6), 2) } };
            return arm == "random" ? run : WithSearch(run, arm, random, collapsed);
        })), "sgas-es", "sgas-matched") with
    {
        SweepId = $"3f9a1c7e{seeds:00}",
        Name = "SGAS-es against its controls on NAS-Bench-201",
        Manifest = "apiVersion: nasfarm.io/v1\nkind: Sweep\nmetadata:\n  name: stability\nspec:\n  seeds: 0..9   # paired\n",
        Fingerprints = new Dictionary<string, NumericsFingerprint>
        {
            ["b1946ac92492d234"] = new() { Libtorch = "1.13.1 debian", Blas = "openblas haswell", InstructionSet = "avx2", Threads = 1, ElementType = "float32", Layout = "nchw", Device = "cpu", Backend = "NasFarm.Torch" },
        },
    };

    /// <summary>The SGAS-es space, retrained on two targets with two retrain seeds on the first.</summary>
    public static SweepResult Transfer(int seeds) => Sweep(
        new[] { "sgas-es", "darts", "random" }.SelectMany((arm, a) => Enumerable.Range(0, seeds).Select(seed =>
        {
            var random = new CounterRandom((ulong)(a * 77 + seed));
            double U(ulong i) => random.Bits(i) / (double)ulong.MaxValue;
            var score = 94.2 + U(1) * (arm == "sgas-es" ? 0.5 : 1.4);
            var run = RetrainRun(arm, seed, ("fashion-mnist", "sgas-es-fashion-mnist", [score, score + 0.2 * U(2)]), ("emnist-balanced", "sgas-es-emnist", [score - 5.5 - U(3)])) with
            {
                Genotype = RandomGenotypes.Draw(SearchSpaces.SgasEs, NoneRule.Excluded, Below(random, 100)).ToString(),
            };
            return arm == "random" ? run : WithSearch(run, arm, random, collapsed: false);
        })));

    /// <summary>The table sweep searched on three data sets, each with scores of its own: what arms can be ranked over.</summary>
    public static SweepResult Settings(int seeds)
    {
        var one = Table(seeds);
        return one with
        {
            SweepId = $"77{seeds:00}",
            Runs =
            [
                .. new[] { "cifar-10", "cifar-100", "svhn" }.SelectMany((data, d) => one.Runs.Select(run => run with
                {
                    RunId = $"{run.RunId}-{data}",
                    Spec = run.Spec with { Data = run.Spec.Data with { Name = data } },
                    Table = run.Table.ToDictionary(t => t.Key, t => Math.Round(t.Value - 0.7 * d * (run.Spec.SearchSeed % 3), 2)),
                })),
            ],
        };
    }

    private static Func<int, int> Below(CounterRandom random, ulong at) => n => random.Index(at++, n);

    private static SeedRunResult WithSearch(SeedRunResult run, string arm, CounterRandom random, bool collapsed)
    {
        double U(ulong i) => random.Bits(500 + i) / (double)ulong.MaxValue;
        var rollsBack = arm is "sgas-es" or "sgas-es-placebo";
        var points = new List<(long Step, int Epoch)>();
        for (int step = 0, epoch = 0; step < 50; step++, epoch++)
        {
            if (rollsBack && step is 17 or 34) epoch -= 4;
            points.Add((step, epoch));
        }
        IReadOnlyList<TrajectoryPoint> Of(Func<long, int, double> value) => [.. points.Select(p => new TrajectoryPoint(p.Step, p.Epoch, value(p.Step, p.Epoch)))];
        return run with
        {
            Trajectories = new Dictionary<string, IReadOnlyList<TrajectoryPoint>>
            {
                ["valid_accuracy"] = Of((s, e) => 88 - 55 * Math.Exp(-e / 9.0) + 3 * U((ulong)s) - (collapsed && s > 30 ? (s - 30) * 1.1 : 0)),
                ["lambda_max"] = Of((s, e) => 0.12 + 0.08 * U((ulong)s + 100) + (collapsed ? Math.Max(0, s - 25) * 0.04 : rollsBack && s is > 11 and < 17 ? (s - 11) * 0.05 : 0)),
                ["skip_share"] = Of((s, e) => Math.Round((collapsed ? Math.Min(1, s / 45.0) : 0.17 + 0.17 * U((ulong)(s / 9) + 200)) * 6) / 6),
                ["alpha_entropy"] = Of((s, e) => 1 - 0.35 * e / 50.0 - 0.02 * U((ulong)s + 300)),
                ["alpha_margin"] = Of((s, e) => 0.2 * e / 50.0),
            },
            Decisions = rollsBack
                ? [Decision("trigger", 16, 16), Decision("rollback", 16, 16), Decision("edge", 17, 13), Decision("trigger", 33, 29), Decision("rollback", 33, 29), Decision("edge", 34, 26), Decision("genotype", 49, 41)]
                : arm == "sgas-matched" ? [.. Enumerable.Range(1, 6).Select(k => Decision("edge", 7 * k, 7 * k))] : [Decision("genotype", 49, 49)],
        };
    }
}
