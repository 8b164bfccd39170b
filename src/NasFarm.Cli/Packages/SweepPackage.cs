using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NasFarm.Analysis.BestPractice;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Export;
using NasFarm.Analysis.Report;
using NasFarm.Analysis.Tables;
using NasFarm.Catalog;
using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Results;
using NasFarm.Cli.Commands;
using NasFarm.Farm.Lineage;
using NasFarm.Farm.Store;

namespace NasFarm.Cli.Packages;

/// <summary>A sweep with all that its results stand on, as read from a store: the files of its reproduction package. The same state of the sweep
/// gives the same bytes: no clock, no path, everything in order of plan and ids.</summary>
internal sealed class SweepPackage
{
    private readonly SweepResult result;
    private readonly ComparisonReport comparison;
    private readonly IReadOnlyList<PackagedRun> runs;
    private readonly IReadOnlyList<RunRecord> lineage;
    private readonly string? tableSha256;

    private SweepPackage(
        SweepResult result, ComparisonReport comparison, IReadOnlyList<PackagedRun> runs, IReadOnlyList<RunRecord> lineage, string? tableSha256) =>
        (this.result, this.comparison, this.runs, this.lineage, this.tableSha256) = (result, comparison, runs, lineage, tableSha256);

    /// <summary>Runs that are not over.</summary>
    public int Open => Tally.Of(result.Runs).Open;

    /// <summary>In the order of the plan.</summary>
    public IReadOnlyList<string> RunIds => [.. result.Runs.Select(run => run.RunId)];

    /// <summary>Units that were done and whose end checkpoint is kept or was collected.</summary>
    public IReadOnlyList<UnitRecord> Ended => [.. lineage.SelectMany(run => run.Units).Where(unit => unit is { State: "done", End: not null })];

    /// <summary>Reads a sweep. Not one moment: what still runs may go on between two readings.</summary>
    public static async Task<SweepPackage> ReadAsync(IFarmStore store, string sweepId, CancellationToken cancel)
    {
        var (result, comparison) = await Planning.CompareAsync(store, sweepId, withCurves: true, cancel);
        var tables = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        foreach (var space in result.Runs.Select(run => run.Spec.Space.Name).Distinct())
            tables[space] = await TableSha256Async(space, cancel);
        var (runs, lineage) = (new List<PackagedRun>(), new List<RunRecord>());
        foreach (var run in result.Runs)
        {
            var details = await store.ReadRunAsync(run.RunId, cancel) ?? throw new InvalidDataException($"The store names run {run.RunId} and does not hold it.");
            var history = RunHistory.Parse(await store.EffectiveHistoryAsync(run.RunId, cancel) ?? "");
            var recorded = RecordedRun.Of(details, history, sweepId);
            runs.Add(new(run.State, recorded));
            lineage.Add(RunRecord.Of(details, recorded.History!, DataOrigins.Of, sweepId, Scores(run.Table, tables[run.Spec.Space.Name])));
        }
        string[] hashes = [.. tables.Values.OfType<string>().Distinct()];
        return new(result, comparison, runs, lineage, hashes.Length > 0 ? string.Join(", ", hashes) : null);
    }

    /// <summary>SHA-256 of the benchmark table of a space: of the file that the environment names, or of the numbers that are built in; null:
    /// none.</summary>
    public static async Task<string?> TableSha256Async(string space, CancellationToken cancel)
    {
        if (space == "deeper-insights")
            return DeeperInsightsTable.ContentHash;
        if (BenchmarkTables.PathVariable(space) is not { } variable || Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } path)
            return null;
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
    }

    /// <summary>Scores with the file they came from; null: none.</summary>
    public static TableRecord? Scores(IReadOnlyDictionary<string, double> scores, string? tableSha256) => tableSha256 is not null && scores.Count > 0
        ? new(tableSha256, new SortedDictionary<string, double>(scores.ToDictionary(), StringComparer.Ordinal)) : null;

    /// <summary>Every file but the checkpoints and the sums.</summary>
    /// <param name="checkpoints">How many checkpoints the package will have, for its README.</param>
    public IReadOnlyList<PackageFile> Files(int checkpoints) =>
    [
        new PackageFile.Text("README.md", PackageReadme.Render(result, runs, lineage, comparison.Verdict, checkpoints, Ended.Count)),
        new PackageFile.Text("CHECKLIST.md", ChecklistMarkdown.Render(result.Name, Checklist.Of(result, Facts()))),
        new PackageFile.Text(PackageNames.Manifest, result.Manifest),
        new PackageFile.Text(PackageNames.Plan, Json(new PackagePlan(
            PackagePlan.CurrentFormat, CodeVersion.Current, result.SweepId, result.Name, result.Arms, result.Comparison, runs))),
        new PackageFile.Text(PackageNames.Lineage, Json(lineage)),
        new PackageFile.Text("environment.json", Json(Environments())),
        new PackageFile.Text("runs.csv", SweepCsv.Runs(result)),
        new PackageFile.Text("dictionary.csv", Lines(SweepCsv.DataDictionary().Split('\n').Where(line => line.StartsWith("file,", StringComparison.Ordinal) || line.StartsWith("runs.csv", StringComparison.Ordinal)))),
        new PackageFile.Text("metrics.csv", Lines(["run_id,unit_id,kind,step,epoch,name,value", .. Histories.SelectMany(Metrics)])),
        new PackageFile.Text("decisions.jsonl", Lines(Histories.SelectMany(Decisions))),
        new PackageFile.Text("genotypes.txt", Lines(result.Runs.Select(run => string.Create(CultureInfo.InvariantCulture,
            $"{run.RunId} {run.Arm} seed {run.Spec.SearchSeed}{(run.Spec.DataOrderSeed == run.Spec.SearchSeed ? "" : $"/{run.Spec.DataOrderSeed}")}: {run.Genotype ?? "none"}")))),
        new PackageFile.Text("comparison.txt", ComparisonText.Render(comparison)),
        new PackageFile.Text("report.html", HtmlReport.Render(result, comparison)),
        .. Histories.Select(history => new PackageFile.Text(PackageNames.History(history.RunId), history.ToString())),
    ];

    private IEnumerable<RunHistory> Histories => runs.Select(run => run.Recorded.History!);

    private IEnumerable<AttemptRecord> Done => lineage.SelectMany(run => run.Units).SelectMany(unit => unit.Attempts).Where(attempt => attempt.Ending == "done");

    private ChecklistFacts Facts() => new(
        Distinct(Done.Select(a => a.CodeVersion)), Distinct(Done.Select(a => a.DeviceModel)), Done.Count(a => a.CodeVersion is null || a.DeviceModel is null), tableSha256);

    private object Environments() => new
    {
        codeVersions = Done.CountBy(a => a.CodeVersion ?? "not recorded").OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => new { version = v.Key, attempts = v.Value }),
        machines = Done.GroupBy(a => (a.Host, Model: a.DeviceModel ?? "not recorded", Fingerprint: a.Fingerprint ?? "not recorded"))
            .OrderBy(m => m.Key.Host, StringComparer.Ordinal).ThenBy(m => m.Key.Model, StringComparer.Ordinal).ThenBy(m => m.Key.Fingerprint, StringComparer.Ordinal)
            .Select(m => new { host = m.Key.Host, deviceModel = m.Key.Model, fingerprint = m.Key.Fingerprint, attempts = m.Count() }),
        fingerprints = new SortedDictionary<string, object>(
            lineage.SelectMany(run => run.Fingerprints).DistinctBy(f => f.Key).ToDictionary(f => f.Key, object (f) => f.Value), StringComparer.Ordinal),
        data = lineage.SelectMany(run => run.Data).Select(d => d with { Use = "" }).Distinct().OrderBy(d => d.Name, StringComparer.Ordinal).ThenBy(d => d.ContentHash, StringComparer.Ordinal)
            .Select(d => new { d.Name, d.ContentHash, d.Origin }),
        tableSha256,
    };

    private static IEnumerable<string> Metrics(RunHistory history) =>
        from unit in history.Units
        from m in unit.Metrics
        select string.Create(CultureInfo.InvariantCulture, $"{history.RunId},{unit.UnitId},{Word(unit)},{m.Step},{m.Epoch},{m.Name},{m.Value:R}");

    private static IEnumerable<string> Decisions(RunHistory history) =>
        from unit in history.Units
        from d in unit.Decisions
        select JsonSerializer.Serialize(
            new { runId = history.RunId, unitId = unit.UnitId, kind = unit.Kind, d.Step, d.Epoch, d.Name, detail = JsonSerializer.Deserialize<JsonElement>(d.Detail) },
            CatalogJson.Compact);

    private static string Word(UnitHistory unit) => unit.Kind.ToString().ToLowerInvariant();

    private static string[] Distinct(IEnumerable<string?> words) => [.. words.OfType<string>().Distinct().Order(StringComparer.Ordinal)];

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, CatalogJson.Pretty).ReplaceLineEndings("\n") + "\n";

    private static string Lines(IEnumerable<string> lines) => lines.Aggregate(new StringBuilder(), (text, line) => text.Append(line).Append('\n')).ToString();
}
