using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Trainers;

namespace NasFarm.Cli.Commands;

/// <summary>What a trainer of this program computes with on this machine. Only a process with a trainer's environment can tell.</summary>
internal static class MachineNumerics
{
    /// <summary>Starts a trainer that says it and leaves. Throws <see cref="IOException"/> with its last words when it cannot.</summary>
    /// <param name="trainers">How trainers are started.</param>
    /// <param name="execution">Device and threads.</param>
    /// <param name="visibleDevice">GPU that it may see; null on the CPU.</param>
    /// <param name="cancel">Kills it.</param>
    public static async Task<NumericsFingerprint> ReadAsync(TrainerOptions trainers, ExecutionSpec execution, string? visibleDevice, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(trainers.Program,
            [.. trainers.Arguments, "--fingerprint", execution.Device, "--threads", execution.Threads.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in TrainerEnvironment.For(execution, trainers.InstructionSet, visibleDevice))
            start.Environment[name] = value;
        using var trainer = Process.Start(start) ?? throw new IOException($"The trainer program {trainers.Program} could not be started.");
        try
        {
            var (said, errors) = (trainer.StandardOutput.ReadToEndAsync(cancel), trainer.StandardError.ReadToEndAsync(cancel));
            await trainer.WaitForExitAsync(cancel);
            return trainer.ExitCode == 0
                ? JsonSerializer.Deserialize<NumericsFingerprint>(await said, CatalogJson.Compact)!
                : throw new IOException($"The trainer could not tell what it computes with: {(await errors).Trim()}");
        }
        finally
        {
            if (!trainer.HasExited)
                trainer.Kill();
        }
    }
}
