using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Cli.Farms;
using NasFarm.Farm.Control;
using NasFarm.Server.Access;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm get</c>: everything about a sweep or a run as JSON, and the checkpoints of a run.</summary>
internal static class GetCommand
{
    public static Command Create()
    {
        var what = new Argument<string>("NAME") { Description = "A sweep by id, start of an id, or name; a run by id or start of an id." };
        var list = new Option<bool>("--artifacts") { Description = "List the checkpoints of a run instead." };
        var artifact = new Option<string?>("--artifact") { Description = "Write the checkpoint with this SHA-256, or the start of it, to the file that --to names.", HelpName = "SHA256" };
        var to = new Option<string?>("--to") { Description = "Where the checkpoint is written; a file of that name is replaced.", HelpName = "FILE" };
        var command = new Command("get", "Print everything about a sweep or a run as JSON, or fetch a checkpoint of a run.") { what, list, artifact, to };
        var farm = FarmOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var (wanted, file) = (parsed.GetValue(artifact), parsed.GetValue(to));
            if (wanted is null != file is null)
                throw new InputException("--artifact says which checkpoint, and --to where it is written; give both.");
            await using var asked = await farm.OpenAsync(parsed, cancel);
            var target = await asked.FindTargetAsync(parsed.GetRequiredValue(what), cancel);
            var runId = target switch
            {
                Target.Run run => run.RunId,
                Target.SweepRun run => run.RunId,
                Target.Sweep => null,
                _ => throw new InputException($"{target} is neither a sweep nor a run; name one."),
            };
            if (wanted is null && !parsed.GetValue(list))
            {
                Console.WriteLine(runId is null ? await asked.ReadSweepAsync(((Target.Sweep)target).SweepId, cancel) : await asked.ReadRunAsync(runId, cancel));
                return ExitCodes.Done;
            }
            var kept = await asked.ListArtifactsAsync(runId ?? throw new InputException($"{target} is a sweep; checkpoints are a run's: 'nasfarm status' lists the runs."), cancel);
            if (wanted is null)
                Console.WriteLine(JsonSerializer.Serialize(kept, CatalogJson.Pretty));
            else
                await FetchAsync(asked, runId, Meant(kept, wanted, runId), file!, cancel);
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Meant(IReadOnlyList<RunArtifact> kept, string wanted, string runId)
    {
        var found = kept.Where(a => a.Sha256.StartsWith(wanted, StringComparison.Ordinal)).Select(a => a.Sha256).Distinct().ToList();
        return found is [var one] ? one : throw new InputException(found.Count == 0
            ? $"Run {runId} has no checkpoint '{wanted}'; 'nasfarm get {runId} --artifacts' lists those it has."
            : $"'{wanted}' is the start of {found.Count} checkpoints of run {runId}: {string.Join(", ", found.Take(5))}.");
    }

    /// <summary>Whole and unchanged, or not at all.</summary>
    private static async Task FetchAsync(IFarmAccess farm, string runId, string sha256, string file, CancellationToken cancel)
    {
        var part = file + ".part";
        try
        {
            await using (var written = File.Create(part))
            await using (var content = await farm.OpenArtifactAsync(runId, sha256, cancel))
                await content.CopyToAsync(written, cancel);
            await using (var read = File.OpenRead(part))
            {
                if (Convert.ToHexStringLower(await SHA256.HashDataAsync(read, cancel)) is var came && came != sha256)
                    throw new IOException($"What came has the SHA-256 {came} instead of {sha256}; ask again.");
            }
            File.Move(part, file, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
        Console.WriteLine(file);
    }
}
