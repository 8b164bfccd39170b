using System.CommandLine;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Cli.Packages;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Store;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm bundle</c>: a sweep as a package that others can check and execute again.</summary>
internal static class BundleCommand
{
    public static Command Create()
    {
        var sweep = Options.Sweep();
        var (home, at, json) = (Options.Home(), Options.Store(), Options.Json());
        var to = new Option<string>("--to") { Description = "A new folder, or a file that ends in .tar.gz.", HelpName = "DIR|FILE.tar.gz", Required = true };
        var checkpoints = new Option<string>("--checkpoints") { Description = "end: also the checkpoint that each unit ended with. Default: none.", DefaultValueFactory = _ => "none" };
        checkpoints.AcceptOnlyFromAmong("end", "none");
        var unfinished = new Option<bool>("--unfinished") { Description = "Also package a sweep that is not over." };
        var force = new Option<bool>("--force") { Description = "Replace the package that is there." };
        var command = new Command("bundle",
            "Write a reproduction package: manifest, ids, every result and decision, lineage, report, a filled best-practice checklist, and sums of all of it.")
        {
            sweep, to, checkpoints, unfinished, force, home, at, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var target = new PackageTarget(Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetRequiredValue(to))), parsed.GetValue(force));
            target.MustBeFree();
            var farm = FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at));
            await using var store = await farm.OpenAsync(create: false, cancel);
            var summary = await FarmHome.FindSweepAsync(store, parsed.GetValue(sweep), cancel);
            var package = await SweepPackage.ReadAsync(store, summary.SweepId, cancel);
            if (package.Open > 0 && !parsed.GetValue(unfinished))
            {
                throw new InputException(
                    $"Sweep {summary.Name} ({summary.SweepId}) is not over: {package.Open} of its runs are open. Wait for them, or give --unfinished; the package then says so.");
            }
            await using var artifacts = FarmArtifacts.Open(farm, ProcessName.Current);
            IReadOnlyList<PackageFile> ends = parsed.GetRequiredValue(checkpoints) == "end" ? await EndsAsync(store, artifacts, package, cancel) : [];
            target.Write(summary.SweepId, [.. package.Files(ends.Count), .. ends]);
            Console.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(new { sweepId = summary.SweepId, package = target.Path, checkpoints = ends.Count, units = package.Ended.Count }, CatalogJson.Pretty)
                : $"{target.Path}: sweep {summary.Name} ({summary.SweepId}), {ends.Count} of {package.Ended.Count} end checkpoints. CHECKLIST.md is for the paper; README.md says how to check and repeat it.");
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>End checkpoints on this host, for as long as <paramref name="artifacts"/> is open; those that retention has removed are left out.
    /// Throws <see cref="InvalidDataException"/> when one is missing that should be there.</summary>
    private static async Task<IReadOnlyList<PackageFile>> EndsAsync(IFarmStore store, IArtifactStore artifacts, SweepPackage package, CancellationToken cancel)
    {
        var wanted = package.Ended.Where(unit => unit.End is { Kept: true }).Select(unit => unit.UnitId).ToHashSet();
        var files = new List<PackageFile>();
        foreach (var runId in package.RunIds)
        {
            foreach (var unit in (await store.ReadRunAsync(runId, cancel))!.Units.Where(unit => wanted.Contains(unit.UnitId)))
            {
                var stored = unit.End!.File;
                var fetched = await artifacts.FetchAsync(new(unit.UnitId, unit.Fence), stored, cancel);
                if ((fetched.Problem ?? (File.Exists(fetched.File.Path) ? null : $"{stored.Path} is not in {artifacts.Where}")) is { } problem)
                    throw new InvalidDataException($"{problem}. '--checkpoints none' writes the package without checkpoints.");
                files.Add(new PackageFile.Checkpoint($"checkpoints/{unit.UnitId}.safetensors", fetched.File.Path, stored.Sha256));
            }
        }
        return files;
    }
}
