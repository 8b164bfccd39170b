using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Store.Postgres;
using NasFarm.Orleans.Programs;
using NasFarm.Orleans.Tests.Chaos;
using NasFarm.Server.Auth;

namespace NasFarm.Orleans.Tests.Programs;

/// <summary>Tables that one process makes while others wait, and the first token of a farm.</summary>
public sealed class TablesTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [PostgresFact]
    public async Task An_api_waits_until_another_process_has_made_the_tables_and_takes_its_first_token_from_a_file()
    {
        await using var postgres = await PostgresServer.StartAsync();
        var store = await postgres.NewSchemaAsync();
        var token = TokenText.Create().Reveal();
        await File.WriteAllTextAsync(folder.File("token"), token + "\n");
        var url = $"http://127.0.0.1:{Ports.Free()}";
        using var api = Start(store, ("ROLE", "api"), ("URLS", url), ("TABLES", "await"), ("STARTSECONDS", "60"), ("ADMINTOKENFILE", folder.File("token")));
        try
        {
            Assert.Contains("the farm's tables have level 0 of ", await api.StandardOutput.ReadLineAsync() ?? await api.StandardError.ReadToEndAsync(), StringComparison.Ordinal);

            using var migrate = Start(store, ("ROLE", "migrate"));
            var made = await migrate.StandardOutput.ReadToEndAsync();
            await migrate.WaitForExitAsync();

            Assert.True(migrate.ExitCode == 0, await migrate.StandardError.ReadToEndAsync());
            var farm = await PostgresFarmStore.ReadSchemaAsync(store, TimeProvider.System);
            Assert.Equal(farm.Known, farm.Level);
            Assert.Contains($"the farm's tables have level {farm.Known} of {farm.Known}, the cluster's ", made, StringComparison.Ordinal);
            Assert.Contains(" token ", await api.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
            // It may say first that no silo answers.
            string? ready;
            while ((ready = await api.StandardOutput.ReadLineAsync()) is not null && !ready.Contains(" ready ", StringComparison.Ordinal))
                Assert.Contains(" cluster ", ready, StringComparison.Ordinal);
            Assert.Contains("callers show a token", ready, StringComparison.Ordinal);
            using var client = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
            Assert.True((await client.GetAsync($"{url}/api/v1/tokens")).IsSuccessStatusCode);
        }
        finally
        {
            api.Kill();
            await api.WaitForExitAsync();
        }
    }

    [PostgresFact]
    public async Task Whoever_waits_for_tables_in_vain_says_what_is_missing_and_makes_none()
    {
        await using var postgres = await PostgresServer.StartAsync();
        var store = await postgres.NewSchemaAsync();
        using var control = Start(store, ("ROLE", "control"), ("TABLES", "await"), ("STARTSECONDS", "1"));
        var said = await control.StandardError.ReadToEndAsync();
        await control.WaitForExitAsync();

        Assert.Equal(1, control.ExitCode);
        Assert.Contains("Nobody has made the tables within 1 s: the farm's tables have level 0 of ", said, StringComparison.Ordinal);
        Assert.Equal(0, (await PostgresFarmStore.ReadSchemaAsync(store, TimeProvider.System)).Level);
    }

    [Theory]
    [InlineData("tables is 'maybe'; it must be make or await.", "control", "maybe", null)]
    [InlineData("tables is 'await' and role is migrate, which makes them.", "migrate", "await", null)]
    [InlineData("adminTokenFile is '/token' and role is 'control' without urls; tokens are asked for where people are served.", "control", "make", "/token")]
    public void Settings_that_cannot_be_are_refused(string sentence, string role, string tables, string? token)
    {
        var (settings, problems) = (new SiloSettings { Store = "postgres://farm@db/farm", Role = role, Tables = tables, AdminTokenFile = token }, new List<ValidationResult>());

        Validator.TryValidateObject(settings, new(settings), problems, validateAllProperties: true);

        Assert.Equal([sentence], problems.Select(problem => problem.ErrorMessage));
    }

    private Process Start(string store, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SiloProgram).Assembly.Location]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
            start.Environment[SiloSettings.Prefix + name] = value;
        start.Environment["NASFARM_STORE"] = store;
        start.Environment["NASFARM_HOME"] = folder.File("home");
        return Process.Start(start)!;
    }

    private sealed class PostgresFactAttribute : FactAttribute
    {
        public PostgresFactAttribute() => Skip = PostgresServer.Absent;
    }
}
