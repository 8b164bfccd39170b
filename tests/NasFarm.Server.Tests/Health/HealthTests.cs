using System.Net;

namespace NasFarm.Server.Tests.Health;

/// <summary>What a supervisor of processes is told.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private ServedFarm farm = null!;

    public async Task InitializeAsync() => farm = await ServedFarm.StartAsync();

    public async Task DisposeAsync() => await farm.DisposeAsync();

    [Theory, InlineData("/health/started"), InlineData("/health/ready"), InlineData("/health/live")]
    public async Task A_server_whose_store_answers_is_well(string question) => Assert.Equal(HttpStatusCode.OK, (await farm.Client.GetAsync(question)).StatusCode);

    [Fact]
    public async Task A_server_whose_store_is_away_lives_and_is_not_ready()
    {
        farm.TakeStoreAway();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await farm.Client.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await farm.Client.GetAsync("/health/live")).StatusCode);
    }
}
