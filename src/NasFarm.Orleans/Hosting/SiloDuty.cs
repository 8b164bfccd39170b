using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace NasFarm.Orleans.Hosting;

/// <summary>Work of a silo outside grains: begins when the silo is a member, and is over before it says good-bye. A silo whose duty breaks is of no use,
/// and stops.</summary>
/// <param name="host">The process.</param>
/// <param name="log">Hears why.</param>
public abstract partial class SiloDuty(IHostApplicationLifetime host, ILogger log) : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly CancellationTokenSource stop = new();
    private Task working = Task.CompletedTask;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(GetType().Name, ServiceLifecycleStage.Active + 1, _ =>
    {
        working = Task.Run(WorkAsync, CancellationToken.None);
        return Task.CompletedTask;
    }, async gaveUp =>
    {
        await stop.CancelAsync();
        await working.WaitAsync(gaveUp);
    });

    /// <summary>Works until asked to stop.</summary>
    protected abstract Task ExecuteAsync(CancellationToken stop);

    private async Task WorkAsync()
    {
        try
        {
            await ExecuteAsync(stop.Token);
        }
        catch (Exception e)
        {
            Broke(log, GetType().Name, e);
            Environment.ExitCode = 1;
            host.StopApplication();
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Duty} broke, and with it this silo")]
    private static partial void Broke(ILogger log, string duty, Exception why);
}
