using NasFarm.Farm.Tests.Store.Postgres;

namespace NasFarm.Cli.Tests.Docs;

/// <summary>The commands of each page, executed in its order in a small farm.</summary>
public sealed class PagesRunTests(DocFarm farm) : IClassFixture<DocFarm>
{
    public static TheoryData<string> OnAFile => [.. Pages(postgres: false)];

    public static TheoryData<string> OnPostgres => [.. Pages(postgres: true)];

    [Theory, MemberData(nameof(OnAFile))]
    public async Task A_page_can_be_followed(string page)
    {
        using var sandbox = new DocSandbox(farm);
        AllDone(await sandbox.RunAsync(DocPages.Lines(page)));
    }

    [PostgresTheory, MemberData(nameof(OnPostgres))]
    public async Task A_page_about_a_PostgreSQL_store_can_be_followed(string page)
    {
        await using var postgres = await PostgresServer.StartAsync();
        using var sandbox = new DocSandbox(farm);
        AllDone(await sandbox.RunAsync(DocPages.Lines(page), await postgres.NewSchemaAsync()));
    }

    private static void AllDone(IReadOnlyList<DocOutcome> outcomes)
    {
        var failed = outcomes.Where(o => o.Status != ExitCodes.Done).ToList();
        Assert.True(failed.Count == 0, string.Join("\n\n", failed));
    }

    private static IEnumerable<string> Pages(bool postgres) =>
        from page in DocPages.WithCommands
        let lines = DocPages.Lines(page)
        where lines.Any(line => NotRun.Why(new(line.Text)) is null) && lines.Any(line => line.Text.Contains("NASFARM_STORE=", StringComparison.Ordinal)) == postgres
        select page;

    private sealed class PostgresTheoryAttribute : TheoryAttribute
    {
        public PostgresTheoryAttribute() => Skip = PostgresServer.Absent;
    }
}
