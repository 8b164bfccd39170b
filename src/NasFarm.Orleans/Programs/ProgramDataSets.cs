using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using NasFarm.Catalog.Data;

namespace NasFarm.Orleans.Programs;

/// <summary>The data sets that <c>nasfarm data list</c> knows of: its readers are in a program of their own. Asked when a set is first needed, and again for one that was not there.</summary>
/// <param name="program">The program <c>nasfarm</c>.</param>
/// <param name="time">The clock.</param>
internal sealed class ProgramDataSets(string program, TimeProvider time) : IDataSets
{
    /// <summary>How long an answer stands: as long the same question is not put again.</summary>
    private static readonly TimeSpan Stands = TimeSpan.FromSeconds(5);

    /// <summary>A set that is new is read whole for its content's hash.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // Written by another build perhaps: what is not known here is passed over.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Lock gate = new();
    private Dictionary<string, Listed>? known;
    private long askedAt;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names => [.. Ask(sets => sets.Count > 0).Keys.Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public DataSetInfo Describe(string name)
    {
        var listed = Ask(sets => sets.TryGetValue(name, out var set) && set.Info is not null).GetValueOrDefault(name);
        return listed?.Info ?? throw new DataSetUnavailableException(listed?.Problem ?? $"'{program} data list' names no data set '{name}'.");
    }

    /// <summary>The last answer where it serves or is fresh, else a new one.</summary>
    private Dictionary<string, Listed> Ask(Func<Dictionary<string, Listed>, bool> serves)
    {
        lock (gate)
        {
            if (known is not null && (serves(known) || time.GetElapsedTime(askedAt) < Stands))
                return known;
            known = Run().ToDictionary(set => set.Name);
            askedAt = time.GetTimestamp();
            return known;
        }
    }

    private List<Listed> Run()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["data", "list", "--json"])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            process.StandardInput.Close();
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                throw Unanswered($"it did not end within {Patience.TotalSeconds:0} seconds");
            }
            process.WaitForExit();
            return process.ExitCode == 0 ? JsonSerializer.Deserialize<List<Listed>>(output.Result, Json) ?? throw Unanswered("it printed 'null'")
                : throw Unanswered($"it ended with exit code {process.ExitCode}: {errors.Result.Trim()}");
        }
        catch (Exception e) when (e is Win32Exception or JsonException or IOException)
        {
            throw Unanswered(e.Message, e);
        }
    }

    private DataSetUnavailableException Unanswered(string why, Exception? inner = null) =>
        new($"Which data sets there are cannot be told: '{program} data list --json' did not answer ({why}). The setting Trainer names the program.", inner);

    /// <summary>As <c>nasfarm data list --json</c> prints it.</summary>
    private sealed record Listed(string Name, DataSetInfo? Info, string? Problem);
}
