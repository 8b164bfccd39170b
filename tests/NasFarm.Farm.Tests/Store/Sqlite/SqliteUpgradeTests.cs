using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;

namespace NasFarm.Farm.Tests.Store.Sqlite;

/// <summary>A store of every level that was ever released is opened, brought up to date and worked on (Golden/). A new migration needs
/// a database of its level: <c>NASFARM_UPDATE_GOLDEN=1 dotnet test tests/NasFarm.Farm.Tests --filter UpgradeTests</c> writes it.</summary>
public sealed class SqliteUpgradeTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly ManualTime clock = new();

    public static TheoryData<int> Levels => [.. Enumerable.Range(1, Newest)];

    private static int Newest => SqliteFarmStore.ReadSchema("absent.db").Known;

    public void Dispose() => folder.Dispose();

    [Theory, MemberData(nameof(Levels))]
    public async Task A_half_finished_sweep_of_each_level_goes_on(int level)
    {
        var golden = RepositoryFile.Path($"tests/NasFarm.Farm.Tests/Store/Golden/sqlite-{level}.db");
        if (level == Newest && !System.IO.File.Exists(golden) && Environment.GetEnvironmentVariable("NASFARM_UPDATE_GOLDEN") == "1")
        {
            await using var store = await SqliteFarmStore.OpenAsync(golden, clock);
            await HalfFinishedSweep.BeginAsync(store);
        }
        var old = folder.File("old.db");
        System.IO.File.Copy(golden, old);
        Assert.Equal(level, SqliteFarmStore.ReadSchema(old).Level);
        clock.Advance(TimeSpan.FromDays(1));

        var continued = await FinishAsync(old);

        Assert.Equal(Newest, SqliteFarmStore.ReadSchema(old).Level);
        Assert.Equal(await FinishAsync(folder.File("new.db")), continued);
    }

    private async Task<string> FinishAsync(string path)
    {
        await using var store = await SqliteFarmStore.OpenAsync(path, clock);
        var histories = await HalfFinishedSweep.FinishAsync(store);
        Assert.Equal(new SweepCounts(5, 5, 0, 0, 0, 0), await store.ReadCountsAsync(HalfFinishedSweep.SweepId));
        return histories;
    }
}
