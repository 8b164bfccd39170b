using System.Diagnostics;
using System.Text.Json.Nodes;

namespace NasFarm.Helm.Tests.Programs;

/// <summary>The programs take what the chart gives them, and answer what its probes ask.</summary>
[Collection(nameof(ChartCollection)), Trait("Tier", "all")]
public sealed class RenderedFarmTests(ChartFixture chart)
{
    [FarmFact]
    public async Task The_pods_of_a_trial_become_ready_with_exactly_their_variables_whichever_is_first()
    {
        await using var farm = new RenderedFarm(chart["cpu-only"]);
        await farm.StartDatabaseAsync();
        var (api, gpu) = (farm.Start("api"), farm.Start("gpu"));
        var control = farm.Start("control");
        foreach (var pod in new[] { control, api, gpu })
            foreach (var probe in new[] { "startupProbe", "readinessProbe", "livenessProbe" })
                await pod.UntilAsync(probe);

        var migrate = farm.Start("migrate");
        Assert.True(await migrate.EndAsync(terminate: false) == 0, migrate.Said);

        using var nobody = new HttpClient { BaseAddress = new(api.Url("http")) };
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await nobody.GetAsync(new Uri("/api/v1/slots", UriKind.Relative))).StatusCode);
        using var admin = new HttpClient { BaseAddress = new(api.Url("http")), DefaultRequestHeaders = { Authorization = new("Bearer", farm.Token) } };
        var slots = await admin.GetStringAsync(new Uri("/api/v1/slots", UriKind.Relative));
        Assert.Equal(2, JsonNode.Parse(slots)!["slots"]!.AsArray().Count);

        Assert.True(await gpu.EndAsync(terminate: true) == 0, gpu.Said);
        Assert.True(await api.EndAsync(terminate: true) == 0, api.Said);
        Assert.True(await control.EndAsync(terminate: true) == 0, control.Said);
    }

    [FarmFact]
    public async Task Helm_test_submits_a_sweep_of_two_seeds_and_sees_it_end()
    {
        await using var farm = new RenderedFarm(chart["cpu-only"]);
        await farm.StartDatabaseAsync();
        var (control, api, gpu) = (farm.Start("control"), farm.Start("api"), farm.Start("gpu"));
        foreach (var pod in new[] { control, api, gpu })
            await pod.UntilAsync("readinessProbe");
        var test = chart["cpu-only"].Pod("test");
        var container = test.Containers.Single();
        var start = new ProcessStartInfo("sh", ["-c", (string)container["args"]![0]!]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in test.Variables)
            start.Environment[(string)variable["name"]!] = (string)variable["value"]!;
        start.Environment["API"] = api.Url("http") + "/api/v1";
        start.Environment["TOKEN_FILE"] = farm.TokenFile;

        using var script = Process.Start(start)!;
        var (output, errors) = (script.StandardOutput.ReadToEndAsync(), script.StandardError.ReadToEndAsync());
        await script.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(10));

        Assert.True(script.ExitCode == 0, $"{await output}{await errors}\n{gpu.Said}");
        Assert.EndsWith("both seeds are done\n", await output, StringComparison.Ordinal);
    }

    private sealed class FarmFactAttribute : FactAttribute
    {
        public FarmFactAttribute() => Skip = RenderedFarm.Absent;
    }
}
