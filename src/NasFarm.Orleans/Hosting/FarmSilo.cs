using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using NasFarm.Orleans.Placement;
using NasFarm.Orleans.Slots;
using Orleans;
using Orleans.Hosting;
using Orleans.Placement;
using Orleans.Runtime;

namespace NasFarm.Orleans.Hosting;

/// <summary>Makes a silo one of a farm.</summary>
public static class FarmSilo
{
    /// <summary>Adds what the farm's grains need. Clustering, and a grain storage named <see cref="Grains.Storage.Name"/>, are the caller's.</summary>
    public static ISiloBuilder UseFarm(this ISiloBuilder silo, FarmSiloOptions options)
    {
        silo.Services.AddSingleton(options);
        silo.Services.AddSingleton(options.Store);
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton<SiloBoard>();
        silo.Services.AddSingleton<SiloAgent>();
        silo.Services.AddSingleton<SlotAgentClient>();
        silo.Services.AddSingleton<AllAgents>();
        silo.AddGrainService<SlotAgentService>();
        silo.Services.AddPlacementFilter<FittingSlotFilter, FittingSlotFilterDirector>(ServiceLifetime.Singleton);
        silo.Services.AddPlacementDirector<BestSlotPlacement, BestSlotDirector>();
        AddDuty<BoardKeeper>(silo.Services);
        AddDuty<GpuSlots>(silo.Services);
        AddDuty<ControlDuties>(silo.Services);
        return silo;
    }

    private static void AddDuty<T>(IServiceCollection services) where T : SiloDuty
    {
        services.AddSingleton<T>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<T>());
    }
}
