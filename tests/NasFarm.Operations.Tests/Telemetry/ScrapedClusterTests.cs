using System.Globalization;
using System.Text.RegularExpressions;
using NasFarm.Farm.Store;
using NasFarm.Farm.Telemetry;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Store.Postgres;
using NasFarm.Grafana;
using Xunit.Abstractions;

namespace NasFarm.Operations.Tests.Telemetry;

/// <summary>A real Prometheus over a real cluster that works on a sweep and loses a silo: alerts fire and resolve, and every query of every board is
/// answered with data, those of SQL by the store.</summary>
public sealed partial class ScrapedClusterTests(ITestOutputHelper output)
{
    private const int Epochs = 8;
    private const string EpochSeconds = "0.5";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>None of these happens in this test.</summary>
    private static readonly string[] Quiet = ["NasFarmResumeMismatch", "NasFarmQuarantineGrows", "NasFarmCheckpointOld", "NasFarmDatabaseSaturated"];

    [ClusterFact, Trait("Tier", "all")]
    public async Task A_sweep_with_a_killed_silo_fills_every_panel_and_moves_the_alerts_that_it_should()
    {
        var began = DateTimeOffset.UtcNow;
        SiloPlace[] places = [new("control", 0), new("gpu", 2), new("gpu", 2)];
        await using var cluster = await ScrapedCluster.StartAsync(places, Epochs, EpochSeconds);
        var started = await Task.WhenAll(places[1..].Select(cluster.StartAsync));
        var doomed = started[^1];

        // 1. A sweep, and a silo that dies in the middle of a unit that has a checkpoint.
        var plan = TestPlans.Plan("s7f00dfeed0000001", [.. new[] { "darts", "sgas-es" }.SelectMany(method => Enumerable.Range(1, 4).Select(seed => TestPlans.Run(method, seed, retrains: 1)))]);
        await cluster.Store.AcceptAsync(plan);
        var all = cluster.Prometheus;
        await PrometheusClient.EventuallyAsync(async () => (await cluster.Store.ReadSnapshotAsync()).Running.Count(unit => unit.SavedAt is not null) == 4,
            "Not all four slots have work with a checkpoint.", Patience);
        doomed.Kill(entireProcessTree: true);

        // 2. The alerts of a lost silo fire, and those of its units' leases.
        string[] expected = ["NasFarmLeasesExpire", "NasFarmSilosMissing"];
        foreach (var alert in expected)
            await PrometheusClient.EventuallyAsync(async () => (await all.FiringAsync()).Contains(alert), $"{alert} does not fire; firing: {string.Join(", ", await all.FiringAsync())}\n{string.Join('\n', cluster.Troubles)}", Patience);

        // 3. Another takes its place; the sweep ends; the alerts resolve.
        await cluster.StartAsync(places[^1]);
        for (var i = 0; i < 5; i++)
            Assert.True((await cluster.People.GetAsync("/api/v1/sweeps")).IsSuccessStatusCode);
        await PrometheusClient.EventuallyAsync(async () => await cluster.Store.ReadCountsAsync(plan.SweepId) is { Open: 0 }, "The sweep does not end.", Patience);
        Assert.Equal(new SweepCounts(8, 8, 0, 0, 0, 0), await cluster.Store.ReadCountsAsync(plan.SweepId));
        await PrometheusClient.EventuallyAsync(async () => (await all.FiringAsync()).Intersect(expected).Count() == 0, $"These still fire: {string.Join(", ", await all.FiringAsync())}\n{string.Join('\n', cluster.Troubles)}", Patience);
        await PrometheusClient.EventuallyAsync(async () => await all.ValuesAsync("max(nasfarm_runs{state=\"finished\"}) == 4", began, DateTimeOffset.UtcNow) > 0,
            "The census does not show the finished runs.", Patience);

        // 4. Every panel has data; every metric of the rules is there; nothing fired that should not.
        var ended = DateTimeOffset.UtcNow;
        var panels = Boards.All.SelectMany(board => board.Panels.SelectMany(panel => panel.Queries.Select(query => (Board: board, Panel: panel, Query: query)))).ToList();
        var empty = new List<string>();
        foreach (var (board, panel, query) in panels.Where(of => of.Query.Source == Source.Prometheus))
        {
            var text = query.Text.Replace("$__rate_interval", "10s", StringComparison.Ordinal).Replace("$__range", "5m", StringComparison.Ordinal).Replace("$device", "cpu|cuda", StringComparison.Ordinal);
            if (await all.ValuesAsync(text, began, ended) == 0)
                empty.Add($"{board.Title} / {panel.Title}: {text}");
        }
        Assert.Empty(empty);
        var rules = AlertRules.All.SelectMany(rule => MetricName().Matches(rule.Expression(span => $"{span.TotalSeconds}s"))).Select(match => match.Value).Distinct().ToList();
        foreach (var name in rules)
            Assert.True(await all.ValuesAsync(name, began, ended) > 0, $"{name}, which rules ask, has no values.");
        var fired = (await all.NowAsync("max by (alertname) (max_over_time(ALERTS{alertstate=\"firing\"}[15m]))")).Select(alert => alert.Labels.GetProperty("alertname").GetString()!).Order().ToList();
        Assert.Empty(fired.Intersect(Quiet));
        Assert.Empty(expected.Except(fired));

        // 5. So do the panels that ask the store.
        foreach (var (board, panel, query) in panels.Where(of => of.Query.Source == Source.Postgres))
        {
            if (await StoreQueries.RowsAsync(cluster.Address, query.Text.Replace("${sweep:sqlstring}", $"'{plan.SweepId}'", StringComparison.Ordinal)) == 0)
                empty.Add($"{board.Title} / {panel.Title}");
        }
        Assert.Empty(empty);
        foreach (var variable in Boards.All.SelectMany(board => board.Variables).Where(variable => variable.Source == Source.Postgres))
            Assert.True(await StoreQueries.RowsAsync(cluster.Address, variable.Query) > 0, $"{variable.Name} has no values.");

        // 6. Nobody has more series than the catalogue allows, and none of them names a run.
        var mine = (await all.NowAsync("count by (instance) ({__name__=~\"nasfarm_.+\"})")).Max(of => of.Value);
        var others = (await all.NowAsync("count by (instance) ({__name__!~\"nasfarm_.+|scrape_.+|up|ALERTS.*\",instance=~\".+\"})")).Max(of => of.Value);
        Assert.InRange(mine, 1, MetricCatalog.All.Sum(metric => metric.MostSeries));
        Assert.InRange(others, 1, MetricReference.MostOtherSeries);
        Assert.Empty(await all.NowAsync("{__name__=~\"nasfarm_.+\",instance=~\".+\",method=~\".*-s[0-9]+\"}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"measured: {panels.Count} queries answered; a process has {mine:0} series of the farm at most and {others:0} others; fired: {string.Join(", ", fired)}"));
    }

    [GeneratedRegex("nasfarm_[a-z_]+|(?<![a-z_])up(?={)")]
    private static partial Regex MetricName();
}

/// <summary>A test that needs Prometheus, PostgreSQL and a cluster; where one of them is absent it is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute() => Skip = PrometheusTools.Absent ?? PostgresServer.Absent
        ?? (File.Exists(Path.Combine(AppContext.BaseDirectory, "nasfarm-silo.dll")) && HasOrleans ? null
            : "The registry does not serve Microsoft.Orleans (.probe/Orleans.log): there is no cluster to scrape.");

#if ORLEANS
    private const bool HasOrleans = true;
#else
    private const bool HasOrleans = false;
#endif
}
