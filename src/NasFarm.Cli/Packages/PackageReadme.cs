using System.Globalization;
using System.Text;
using NasFarm.Analysis.Comparison;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Results;
using NasFarm.Farm.Lineage;

namespace NasFarm.Cli.Packages;

/// <summary>The page that a reader of a package opens first: what it is, how to check it, how to execute a run of it again.</summary>
internal static class PackageReadme
{
    private static readonly (string Name, string Content)[] Files =
    [
        ("manifest.yaml", "the manifest as submitted, byte for byte"),
        ("plan.json", "every run with its id, settings, seeds, images, execution and numerics"),
        ("runs.csv", "a row per run and quantity, failed runs included; dictionary.csv explains it"),
        ("metrics.csv", "every effective metric: run, unit, kind, trained epochs (never rewinds), epoch (rewinds), name, value"),
        ("decisions.jsonl", "every effective decision, one JSON object a line"),
        ("genotypes.txt", "the cell of each run"),
        ("comparison.txt, report.html", "the comparison as text and as a page with figures"),
        ("lineage.json", "per run: manifest, code, numerics, machines, images, every attempt, checkpoints' hashes, scores"),
        ("environment.json", "code versions, machines, numerics and images, summed up"),
        ("histories/", "the canonical history of each run, which a replay must repeat to the byte"),
        ("CHECKLIST.md", "the best-practice checklist for architecture search, filled from these files"),
        ("SHA256SUMS", "hashes of all other files"),
    ];

    /// <param name="result">The sweep.</param>
    /// <param name="runs">Its runs as packaged.</param>
    /// <param name="lineage">Their records.</param>
    /// <param name="verdict">Of the comparison.</param>
    /// <param name="checkpoints">End checkpoints in the package.</param>
    /// <param name="ended">Units that have one.</param>
    public static string Render(
        SweepResult result, IReadOnlyList<PackagedRun> runs, IReadOnlyList<RunRecord> lineage, Verdict verdict, int checkpoints, int ended)
    {
        var tally = Tally.Of(result.Runs);
        var text = new StringBuilder($"# {result.Name}: reproduction package\n\n");
        text.Append($"Sweep `{result.SweepId}`: {tally}.\n{verdict.Headline}: {verdict.Text}\n");
        if (tally.Open > 0)
            text.Append(CultureInfo.InvariantCulture, $"\n**Not over:** {tally.Open} of its runs were open when this was written.\n");

        text.Append("\n## Check it\n\n```\nsha256sum --check SHA256SUMS\n```\n");

        text.Append("\n## Execute a run again\n\n");
        if (Shortest(runs, result) is { } run)
        {
            text.Append(
                $"""
                ```
                nasfarm replay --bundle . {run.Recorded.Run.RunId}
                ```

                checks the sums, trains the run (arm {run.Recorded.Run.Arm}, seed {run.Recorded.Run.Spec.SearchSeed}; a short one) in a temporary
                farm, and compares every metric, decision and hash. Any other id of `plan.json` does too. The whole sweep again:
                `nasfarm run manifest.yaml`.

                It needs:


                """.ReplaceLineEndings("\n"));
            text.Append($"- NasFarm {string.Join(" or ", lineage.Select(r => r.CodeVersion).Distinct().Order(StringComparer.Ordinal))}, or a version with the same numerics revisions\n");
        }
        else
            text.Append("No run of it is finished, so there is nothing to compare with. It needs:\n\n");
        foreach (var data in lineage.SelectMany(r => r.Data).DistinctBy(d => (d.Name, d.ContentHash)).OrderBy(d => d.Name, StringComparer.Ordinal))
            text.Append($"- {data.Name} with content `{data.ContentHash}`{(data.Origin is { } origin ? $", from {origin.Address}" : "")}: `nasfarm data fetch {data.Name}`, or `--data FOLDER`\n");
        foreach (var (hash, numerics) in lineage.SelectMany(r => r.Fingerprints).DistinctBy(f => f.Key).OrderBy(f => f.Key, StringComparer.Ordinal))
            text.Append($"- numerics `{hash}`: {NumericsDifference.Text(numerics)}\n");
        text.Append("\nOn other numerics a replay is refused; `--allow-numerics-change` then compares values within a tolerance instead of bytes.\n");

        text.Append("\n## What is in it\n\n| file | content |\n|---|---|\n");
        foreach (var (name, content) in Files)
            text.Append($"| {name} | {content} |\n");
        text.Append(checkpoints > 0
            ? string.Create(CultureInfo.InvariantCulture, $"| checkpoints/ | the end checkpoints of {checkpoints} of {ended} finished units (safetensors) |\n")
            : "\nCheckpoints are not in it; their hashes are in lineage.json.\n");
        return text.ToString();
    }

    /// <summary>A finished run that is quickly repeated: it needs no other run, and trained the fewest epochs. Null: none is finished.</summary>
    private static PackagedRun? Shortest(IReadOnlyList<PackagedRun> runs, SweepResult result)
    {
        var epochs = result.Runs.ToDictionary(run => run.RunId, run => run.Cost.EpochsTrained);
        return runs.Where(run => run.State == SeedRunState.Finished)
            .OrderBy(run => MethodCatalog.Get(run.Recorded.Run.Spec.Method).Trains ? 0 : 1)
            .ThenBy(run => run.Recorded.Run.Spec.PlaceboSources.Count).ThenBy(run => epochs[run.Recorded.Run.RunId]).FirstOrDefault();
    }
}
