using System.Globalization;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Trainers;

/// <summary>Why a supervisor killed its trainer.</summary>
public enum KillCause
{
    /// <summary>Another attempt owns the unit.</summary>
    LeaseLost,

    /// <summary>Above its memory limit.</summary>
    MemoryLimit,

    /// <summary>Above its wall limit.</summary>
    WallLimit,

    /// <summary>It did not stop within the grace time.</summary>
    StopOverdue,

    /// <summary>It said nothing for too long.</summary>
    Silence,

    /// <summary>It said something that is not the protocol.</summary>
    BrokenProtocol,

    /// <summary>No longer needed.</summary>
    Dismissed,
}

/// <summary>How a trainer process ended.</summary>
/// <param name="ExitCode">Its exit code; 128 + n after signal n.</param>
/// <param name="KilledBy">Set when we killed it.</param>
/// <param name="KilledWhy">Values for the sentence.</param>
/// <param name="KernelOutOfMemory">The kernel's count of out-of-memory kills rose during its life.</param>
public sealed record TrainerExit(int ExitCode, KillCause? KilledBy, string? KilledWhy, bool KernelOutOfMemory)
{
    /// <summary>The one reason and the sentence of an attempt whose trainer is gone without a word.</summary>
    /// <param name="lastLog">Last lines of its log.</param>
    public (FailureReason Reason, string Message) Explain(IReadOnlyList<string> lastLog) => KilledBy switch
    {
        KillCause.LeaseLost => (FailureReason.LeaseLost, $"killed: {KilledWhy}"),
        KillCause.MemoryLimit => (FailureReason.OutOfMemory, $"killed: {KilledWhy}"),
        KillCause.WallLimit => (FailureReason.WallLimit, $"killed: {KilledWhy}"),
        KillCause.StopOverdue or KillCause.Dismissed => (FailureReason.HostStopping, $"killed: {KilledWhy}"),
        KillCause.Silence => (FailureReason.NativeCrash, $"killed: {KilledWhy}"),
        KillCause.BrokenProtocol => (FailureReason.TrainerError, $"killed: {KilledWhy}"),
        // Somebody asked this process to end (a terminal's Ctrl-C reaches children too): not the unit's fault.
        null when ExitCode is 128 + 2 or 128 + 15 => (FailureReason.HostStopping, $"the trainer {How}"),
        // Exit codes of the trainer program.
        null when ExitCode == 75 => (FailureReason.LeaseLost, "the trainer left because no lease grant reached it for two thirds of its lease"),
        null when ExitCode == 2 => (FailureReason.TrainerError, "the trainer left because it could not read a command"),
        _ when ExitCode == 128 + 9 && KernelOutOfMemory => (FailureReason.OutOfMemory, "the kernel killed the trainer because memory ran out"),
        // libtorch and the C++ runtime say so before they abort.
        _ when ExitCode != 0 && lastLog.Any(MentionsMemory) => (FailureReason.OutOfMemory, $"the trainer {How} after: {lastLog.Last(MentionsMemory).Trim()}"),
        _ => (FailureReason.NativeCrash, $"the trainer {How} without a word{(lastLog.Count > 0 ? $"; last log line: {lastLog[^1].Trim()}" : "")}"),
    };

    private string How => ExitCode > 128
        ? string.Create(CultureInfo.InvariantCulture, $"died by signal {ExitCode - 128}{Name(ExitCode - 128)}")
        : string.Create(CultureInfo.InvariantCulture, $"left with exit code {ExitCode}");

    private static string Name(int signal) => signal switch
    {
        2 => " (interrupt)",
        4 => " (illegal instruction)",
        6 => " (abort)",
        7 => " (bus error)",
        8 => " (arithmetic)",
        9 => " (killed)",
        11 => " (segmentation fault)",
        15 => " (terminated)",
        _ => "",
    };

    private static bool MentionsMemory(string line) =>
        line.Contains("bad_alloc", StringComparison.Ordinal) || line.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
        || line.Contains("OutOfMemoryException", StringComparison.Ordinal);
}
