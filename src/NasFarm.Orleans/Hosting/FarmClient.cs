using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;

namespace NasFarm.Orleans.Hosting;

/// <summary>A client of a cluster that need not be there yet: it goes on trying to connect, and until then has no grains.</summary>
public sealed class FarmClient : IAsyncDisposable
{
    /// <summary>Between two tries.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    /// <summary>How long a try that is under way may take to give up.</summary>
    private static readonly TimeSpan Leaving = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource stop = new();
    private readonly IHost host;
    private readonly Task connecting;

    /// <param name="configure">Names the cluster and how its silos are found.</param>
    /// <param name="connected">Hears when silos have answered for the first time.</param>
    /// <param name="unanswered">Hears at every try that was in vain why it was.</param>
    /// <param name="broke">Hears what no other try would mend.</param>
    public FarmClient(Action<IClientBuilder> configure, Action connected, Action<string> unanswered, Action<Exception> broke)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.UseOrleansClient(client =>
        {
            configure(client);
            client.UseConnectionRetryFilter(async (problem, cancel) =>
            {
                unanswered($"No silo answers yet ({problem.Message}); the store is asked instead.");
                await Task.Delay(Again, cancel);
                return true;
            });
        });
        host = builder.Build();
        connecting = ConnectAsync(connected, broke);
    }

    /// <summary>The cluster's grains. Throws <see cref="SiloUnavailableException"/> while no silo has answered yet.</summary>
    public IGrainFactory Grains => connecting.IsCompletedSuccessfully && !stop.IsCancellationRequested
        ? host.Services.GetRequiredService<IClusterClient>() : throw new SiloUnavailableException("no silo has answered yet");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await connecting.WaitAsync(Leaving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully)
        {
            using var patience = new CancellationTokenSource(Leaving);
            await host.StopAsync(patience.Token);
        }
        host.Dispose();
        stop.Dispose();
    }

    private async Task ConnectAsync(Action connected, Action<Exception> broke)
    {
        // Whoever makes a client does not wait for it.
        await Task.Yield();
        try
        {
            await host.StartAsync(stop.Token);
            connected();
        }
        catch (Exception e)
        {
            if (!stop.IsCancellationRequested)
                broke(e);
            throw;
        }
    }

    /// <summary>Signals are the program's.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
