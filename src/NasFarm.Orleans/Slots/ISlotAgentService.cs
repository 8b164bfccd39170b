using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace NasFarm.Orleans.Slots;

/// <summary>What silos say to each other about slots: one service on every silo. Nothing depends on a word of it arriving.</summary>
[Alias("nasfarm.ISlotAgentService")]
public interface ISlotAgentService : IGrainService
{
    /// <summary>A silo tells its slots.</summary>
    [OneWay, Alias("Tell")]
    Task TellAsync(SiloSlots slots);

    /// <summary>Somebody has asked units to stop, or ended them: those of this silo ask the store now.</summary>
    [OneWay, Alias("HearWishes")]
    Task HearWishesAsync();

    /// <summary>There may be work for slots that have none.</summary>
    [OneWay, Alias("Nudge")]
    Task NudgeAsync();
}

/// <summary>Speaks to the services of chosen silos.</summary>
public sealed class SlotAgentClient(IServiceProvider services) : GrainServiceClient<ISlotAgentService>(services)
{
    /// <summary>The service of a silo.</summary>
    public ISlotAgentService On(SiloAddress silo) => GetGrainService(silo);
}
