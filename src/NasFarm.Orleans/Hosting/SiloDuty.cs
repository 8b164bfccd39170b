using Orleans;
using Orleans.Runtime;

namespace NasFarm.Orleans.Hosting;

/// <summary>Work of a silo outside grains: begins when the silo is a member, and is over before it says good-bye.</summary>
public abstract class SiloDuty : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly CancellationTokenSource stop = new();
    private Task working = Task.CompletedTask;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(GetType().Name, ServiceLifecycleStage.Active + 1, _ =>
    {
        working = Task.Run(() => ExecuteAsync(stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }, async gaveUp =>
    {
        await stop.CancelAsync();
        await working.WaitAsync(gaveUp);
    });

    /// <summary>Works until asked to stop.</summary>
    protected abstract Task ExecuteAsync(CancellationToken stop);
}
