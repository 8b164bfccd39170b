using NasFarm.Farm.Control;
using NasFarm.Farm.Store;

namespace NasFarm.Cli;

/// <summary>Runs as people name them.</summary>
internal static class FarmRuns
{
    /// <summary>The id of the one run of a farm that is meant.</summary>
    public static async Task<string> FindAsync(IFarmStore store, string wanted, CancellationToken cancel)
    {
        if (await store.ReadRunAsync(wanted, cancel) is not null)
            return wanted;
        var known = new HashSet<string>();
        foreach (var sweep in await store.ListSweepsAsync(cancel))
            known.UnionWith((await store.ReadSweepAsync(sweep.SweepId, cancel))!.Runs.Select(r => r.RunId));
        return Find(known, wanted);
    }

    /// <summary>The one id that starts so. Throws <see cref="InputException"/> with the nearest one, or with several.</summary>
    public static string Find(IReadOnlyCollection<string> known, string wanted)
    {
        var answer = RunText.Find(wanted, known);
        return answer.RunId ?? throw new InputException(answer.Problem!);
    }
}
