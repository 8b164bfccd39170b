using NasFarm.Farm.Coordination;

namespace NasFarm.Orleans.Programs;

/// <summary>Role <c>migrate</c>: makes the tables of farm and cluster, or brings them to this version's level, as a role of the database that may; and ends.</summary>
public static class MigrateProgram
{
    /// <param name="settings">Checked ones.</param>
    public static async Task RunAsync(SiloSettings settings)
    {
        var lines = new FarmLines(TimeProvider.System, Console.Out, settings.Json);
        var (store, connection) = await StoreOpening.OpenAsync(settings, lines, CancellationToken.None);
        await using (store)
            lines.Say("tables", (await StoreOpening.ReadAsync(settings, connection, TimeSpan.FromSeconds(settings.StartSeconds), CancellationToken.None)).ToString());
    }
}
