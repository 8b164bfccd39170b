using System.Threading.Channels;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Trainers;

/// <summary>A living trainer as its supervisor sees it: it takes commands, and what it says goes to the inbox it was started with, in
/// order, its exit last.</summary>
public interface ITrainer : IAsyncDisposable
{
    /// <summary>What it was pinned to: another unit may use this process only with equal pins.</summary>
    IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Number of its process.</summary>
    int ProcessId { get; }

    /// <summary>False once it is gone.</summary>
    bool IsAlive { get; }

    /// <summary>Last lines of its log.</summary>
    IReadOnlyList<string> Log { get; }

    /// <summary>Sends a command. A trainer that is gone cannot hear; its exit tells the rest.</summary>
    Task SendAsync(TrainerCommand command);

    /// <summary>Kills it and whatever it started. The first cause counts.</summary>
    void Kill(KillCause cause, string why);

    /// <summary>Forgets the log of the unit before.</summary>
    void ClearLog();

    /// <summary>Resident bytes; 0 when unknown or gone.</summary>
    long ResidentBytes();
}

/// <summary>Starts trainers.</summary>
public interface ITrainerLauncher
{
    /// <summary>Starts one. Throws <see cref="System.ComponentModel.Win32Exception"/> when it cannot be started.</summary>
    /// <param name="environment">What it is pinned to (<see cref="TrainerEnvironment"/>).</param>
    /// <param name="inbox">Hears what it says.</param>
    Task<ITrainer> StartAsync(IReadOnlyDictionary<string, string> environment, ChannelWriter<TrainerSignal> inbox);
}
