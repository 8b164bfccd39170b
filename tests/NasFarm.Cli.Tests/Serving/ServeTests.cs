using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using NasFarm.Cli.Tests.Programs;

namespace NasFarm.Cli.Tests.Serving;

/// <summary><c>nasfarm serve</c> and <c>nasfarm token</c> as processes.</summary>
public sealed partial class ServeTests
{
    [Fact]
    public async Task A_server_answers_its_own_machine_then_asks_for_tokens_and_leaves_when_told()
    {
        using var place = new Workplace();
        using (var open = place.Start(["serve", "--slots", "0", "--urls", "http://127.0.0.1:0"]))
        {
            using var client = new HttpClient { BaseAddress = await AddressAsync(open) };
            Assert.Equal("{\"sweeps\":[]}", await client.GetStringAsync("/api/v1/sweeps"));
            open.Send(Signals.Terminate);
            var left = await open.EndAsync();
            Assert.True(left.ExitCode == ExitCodes.Done, left.ToString());
            Assert.Contains("whoever asks is", left.Output, StringComparison.Ordinal);
            Assert.Contains("left", left.Output, StringComparison.Ordinal);
        }
        var made = JsonDocument.Parse((await place.MustRunAsync("token", "create", "ada", "--tenant", "*", "--role", "admin", "--json")).Output).RootElement;
        var (text, id) = (made.GetProperty("text").GetString()!, made.GetProperty("tokenId").GetString()!);

        using var guarded = place.Start(["serve", "--slots", "0", "--urls", "http://127.0.0.1:0"]);
        using var asking = new HttpClient { BaseAddress = await AddressAsync(guarded) };
        Assert.Equal(HttpStatusCode.Unauthorized, (await asking.GetAsync("/api/v1/sweeps")).StatusCode);
        asking.DefaultRequestHeaders.Authorization = new("Bearer", text);
        Assert.Equal(HttpStatusCode.OK, (await asking.GetAsync("/api/v1/sweeps")).StatusCode);
        var list = (await place.MustRunAsync("token", "list")).Output;
        Assert.Contains(id, list, StringComparison.Ordinal);
        Assert.DoesNotContain(text[20..], list, StringComparison.Ordinal);
        await place.MustRunAsync("token", "revoke", id);
        Assert.Equal(HttpStatusCode.Unauthorized, (await asking.GetAsync("/api/v1/sweeps")).StatusCode);
        guarded.Send(Signals.Interrupt);
        var ended = await guarded.EndAsync();
        Assert.True(ended.ExitCode == ExitCodes.Done, ended.ToString());
        Assert.DoesNotContain(text[20..], ended.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_submitted_sweep_is_worked_on_by_the_server_itself()
    {
        using var place = new Workplace();
        using var server = place.Start(["serve", "--slots", "1", "--urls", "http://127.0.0.1:0"]);
        using var client = new HttpClient { BaseAddress = await AddressAsync(server) };

        var answer = await client.PostAsync("/api/v1/sweeps", new StringContent(Kills.Reference.Sweeps["greedy"], System.Text.Encoding.UTF8, "application/yaml"));
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());

        Assert.True(await Eventually.Holds(() => server.SaidSoFar.Contains(" completed ", StringComparison.Ordinal)), "No unit was completed.");
        server.Send(Signals.Terminate);
        var left = await server.EndAsync();
        Assert.True(left.ExitCode == ExitCodes.Done, left.ToString());
        Assert.True(await Eventually.Holds(() => place.Living.Count == 0), "A process outlives the server.");
    }

    [Fact]
    public async Task Without_a_token_it_listens_on_loopback_alone()
    {
        using var place = new Workplace();

        var refused = await place.RunAsync("serve", "--slots", "0", "--urls", "http://127.0.0.1:0;http://0.0.0.0:0");
        var unknown = await place.RunAsync("token", "revoke", "nobody");

        Assert.Equal(ExitCodes.BadInput, refused.ExitCode);
        Assert.StartsWith("'http://0.0.0.0:0' can be reached from other machines", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, unknown.ExitCode);
    }

    private static async Task<Uri> AddressAsync(Running server)
    {
        Assert.True(await Eventually.Holds(() => AddressPattern().IsMatch(server.SaidSoFar)), server.SaidSoFar);
        return new(AddressPattern().Match(server.SaidSoFar).Value);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:[1-9][0-9]*")]
    private static partial Regex AddressPattern();
}
