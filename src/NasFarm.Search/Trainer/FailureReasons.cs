using System.Runtime.InteropServices;
using NasFarm.Catalog.Data;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Phases;

namespace NasFarm.Search.Trainer;

/// <summary>Which reason an exception inside a unit stands for.</summary>
public static class FailureReasons
{
    private const int NoSpace = 28, QuotaExceeded = 122, ReadOnlyFileSystem = 30;

    /// <summary>Exactly one reason for every exception.</summary>
    public static FailureReason Of(Exception problem) => problem switch
    {
        StopRequestedException stop => stop.Reason,
        NumericsMismatchException => FailureReason.NumericsMismatch,
        DataSetUnavailableException => FailureReason.DataMissing,
        CheckpointDamagedException => FailureReason.CheckpointMissing,
        OutOfMemoryException => FailureReason.OutOfMemory,
        ExternalException libtorch when IsOutOfMemory(libtorch.Message) => FailureReason.OutOfMemory,
        IOException full when (full.HResult & 0xFFFF) is NoSpace or QuotaExceeded or ReadOnlyFileSystem => FailureReason.DiskFull,
        UnauthorizedAccessException => FailureReason.DiskFull,
        GenotypeFormatException or HyperparameterException or ArgumentException or KeyNotFoundException => FailureReason.BadSpec,
        _ => FailureReason.TrainerError,
    };

    // libtorch has no error class for it on the CPU; these are the words of its two allocators.
    private static bool IsOutOfMemory(string message) =>
        message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
        || message.Contains("can't allocate memory", StringComparison.OrdinalIgnoreCase);
}

/// <summary>The checkpoint to go on from was written under another numerics fingerprint, and that is not allowed.</summary>
public sealed class NumericsMismatchException(string message) : Exception(message);
