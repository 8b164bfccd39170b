using NasFarm.Farm.Tests.Store.Postgres;
using Xunit.Abstractions;

namespace NasFarm.Cli.Tests.Docs;

/// <summary>The commands of each page, executed in its order in a small farm. Each must end with 0.</summary>
public sealed class PagesRunTests(DocFarm farm, ITestOutputHelper output) : IClassFixture<DocFarm>
{
    /// <summary>Pages whose commands train, or measure what training takes.</summary>
    private static readonly HashSet<string> Training = ["README.md", "docs/how-to/analyze.md", "docs/how-to/large-sweeps.md", "docs/how-to/reproduce.md"];

    public static TheoryData<string> Quick => [.. OnAFile.Where(page => !Training.Contains(page))];

    public static TheoryData<string> Long => [.. OnAFile.Where(Training.Contains)];

    public static TheoryData<string> Postgres => [.. Pages(onPostgres: true)];

    private static IEnumerable<string> OnAFile => Pages(onPostgres: false);

    [Theory, MemberData(nameof(Quick))]
    public async Task A_page_can_be_followed(string page) => await FollowAsync(page);

    [Theory, Trait("Tier", "all"), MemberData(nameof(Long))]
    public async Task A_page_that_trains_can_be_followed(string page) => await FollowAsync(page);

    [PostgresTheory, Trait("Tier", "all"), MemberData(nameof(Postgres))]
    public async Task A_page_about_a_PostgreSQL_store_can_be_followed(string page)
    {
        await using var postgres = await PostgresServer.StartAsync();
        await FollowAsync(page, await postgres.NewSchemaAsync());
    }

    [Fact]
    public async Task What_goes_wrong_is_told_by_line()
    {
        using var sandbox = new DocSandbox(farm);
        var outcomes = await sandbox.RunAsync(DocPages.LinesOf("page.md", ["    nasfarm status overnight", "    nasfarm pause overnite", "    cd absent && nasfarm status"]));
        Assert.Equal([ExitCodes.Done, ExitCodes.BadInput, 1], outcomes.Select(o => o.Status));
        Assert.Contains("page.md:2: nasfarm pause overnite", outcomes[1].ToString(), StringComparison.Ordinal);
        Assert.Contains("overnite", outcomes[1].Said, StringComparison.Ordinal);
        Assert.DoesNotContain("overnite", outcomes[0].Said, StringComparison.Ordinal);
    }

    private async Task FollowAsync(string page, string? store = null)
    {
        using var sandbox = new DocSandbox(farm);
        var outcomes = await sandbox.RunAsync(DocPages.Lines(page), store);
        foreach (var outcome in outcomes)
            output.WriteLine(outcome.ToString());
        var failed = outcomes.Where(o => o.Status != ExitCodes.Done).ToList();
        Assert.True(failed.Count == 0, string.Join("\n\n", failed));
    }

    private static IEnumerable<string> Pages(bool onPostgres) =>
        from page in DocPages.WithCommands
        let lines = NotRun.Others(DocPages.Lines(page))
        where lines.Count > 0 && lines.Any(line => line.Text.Contains("NASFARM_STORE=", StringComparison.Ordinal)) == onPostgres
        select page;

    private sealed class PostgresTheoryAttribute : TheoryAttribute
    {
        public PostgresTheoryAttribute() => Skip = PostgresServer.Absent;
    }
}
