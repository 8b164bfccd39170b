using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Store;
using NasFarm.Farm.Trainers;

namespace NasFarm.Farm.Quarantine;

/// <summary>A folder that repeats one unit: its specification, pins, start, logs, the hashes of its checkpoints, and a script that hands all of it
/// to a trainer. It may be moved; only the program and the data are taken from where it is repeated.</summary>
/// <param name="folder">Of this unit.</param>
internal sealed class QuarantineBundle(string folder)
{
    /// <summary>Stands in <c>run.ndjson</c> for the folder as it is called when the script runs.</summary>
    private const string Here = "@BUNDLE@";

    /// <summary>Written last: a bundle that has it is whole.</summary>
    private const string Description = "unit.json";

    /// <summary>Where it is.</summary>
    public string Folder => folder;

    /// <summary>The command line that repeats the unit.</summary>
    public string Command => $"sh {Quoted(Path.Combine(folder, "repeat.sh"))}";

    /// <summary>Is it there already, of this very attempt?</summary>
    public bool IsOf(AttemptKey key)
    {
        var path = Path.Combine(folder, Description);
        if (!File.Exists(path))
            return false;
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        return json.RootElement.GetProperty("fence").GetInt64() == key.Fence;
    }

    /// <summary>Writes it, in place of an older one.</summary>
    public async Task WriteAsync(QuarantinedUnit unit, TrainerOptions trainer, IArtifactStore artifacts, CancellationToken cancel)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        foreach (var part in new[] { "checkpoints", "log", "out" })
            Directory.CreateDirectory(Path.Combine(folder, part));

        // 1. What it starts from, as far as it can be had.
        var (start, missing) = await CopyStartAsync(unit, artifacts, cancel);
        Write("checkpoints.json", JsonSerializer.Serialize(new { artifacts.Where, unit.ResumeFrom, missing }, CatalogJson.Pretty));

        // 2. The trainer's command, its pins, and who hands the one to the other.
        TrainerCommand run = new TrainerCommand.Run(unit.Unit, unit.Execution, unit.Key.Fence, $"{Here}/out", start, LeaseMilliseconds: int.MaxValue);
        Write("run.ndjson", JsonSerializer.Serialize(run, CatalogJson.Compact) + "\n");
        var pins = TrainerEnvironment.For(unit.Execution, trainer.InstructionSet, visibleDevice: null)
            .Where(pin => unit.Execution.Device == "cpu" || pin.Key != "CUDA_VISIBLE_DEVICES").ToList();
        Write("repeat.sh", Script(unit, trainer, pins));

        // 3. What is known of its attempts.
        foreach (var attempt in unit.Attempts.Where(a => a.Log.Count > 0))
            Write(Path.Combine("log", Invariant($"fence-{attempt.Fence}.txt")), string.Join('\n', attempt.Log) + "\n");
        Write(Description, JsonSerializer.Serialize(new
        {
            unit.Key.UnitId, unit.Key.Fence, unit.RunId, unit.Sentence, repeat = Command, unit.CodeVersion, specification = unit.Unit, unit.Execution,
            pins = pins.ToDictionary(), attempts = unit.Attempts.Select(a => a with { Log = [] }),
        }, CatalogJson.Pretty));
    }

    /// <summary>The newest checkpoint that can be had, as the trainer chooses; with a sentence for each that cannot.</summary>
    private async Task<(IReadOnlyList<CheckpointRef> Start, IReadOnlyList<string> Missing)> CopyStartAsync(
        QuarantinedUnit unit, IArtifactStore artifacts, CancellationToken cancel)
    {
        // No attempt has fence 0: nothing that a living one fetched is touched.
        var nobody = unit.Key with { Fence = 0 };
        var missing = new List<string>();
        try
        {
            foreach (var file in unit.ResumeFrom)
            {
                var fetched = await artifacts.FetchAsync(nobody, file, cancel);
                if (fetched.Problem is null && File.Exists(fetched.File.Path))
                {
                    var name = $"checkpoints/{Path.GetFileName(file.Path)}";
                    File.Copy(fetched.File.Path, Path.Combine(folder, name));
                    return ([file with { Path = $"{Here}/{name}" }], missing);
                }
                missing.Add(fetched.Problem ?? $"{file.Path} is not in {artifacts.Where}");
            }
        }
        catch (ArtifactsUnavailableException away)
        {
            missing.Add(away.Message);
        }
        finally
        {
            artifacts.Release(nobody);
        }
        return ([], missing);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);

    private static string Script(QuarantinedUnit unit, TrainerOptions trainer, IEnumerable<KeyValuePair<string, string>> pins)
    {
        var program = "\"${NASFARM:-" + trainer.Program + "}\"";
        return $$"""
            #!/bin/sh
            # Executes unit {{unit.Key.UnitId}} once more with its pins and prints the trainer's words; the last is "done" or "failed", or it dies as it did.
            # Its checkpoints go to out/. NASFARM names another program, NASFARM_DATA other folders of data sets.
            # It was quarantined because: {{unit.Sentence.ReplaceLineEndings(" ")}}
            set -u
            cd "$(dirname "$0")" || exit 1
            here=$(pwd | sed 's/[&|\\]/\\&/g')
            {{string.Join('\n', pins.Select(pin => $"export {pin.Key}={Quoted(pin.Value)}"))}}
            rm -rf over out && mkdir out
            # The trainer leaves when its input ends: that stays open until it has said its last word.
            { sed "s|{{Here}}|$here|g" run.ndjson; while [ ! -e over ]; do sleep 1; done; } \
              | {{program}} {{string.Join(' ', trainer.Arguments.Select(Quoted))}} \
              | { while IFS= read -r line; do
                  printf '%s\n' "$line"
                  case $line in *'"type":"done"'* | *'"type":"failed"'*) : > over ;; esac
                done; : > over; }

            """;
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
