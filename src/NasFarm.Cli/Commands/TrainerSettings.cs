using System.Globalization;
using NasFarm.Farm.Trainers;

namespace NasFarm.Cli.Commands;

/// <summary>How <c>run</c> and <c>replay</c> start trainers. Two environment variables change it; no result depends on them.</summary>
internal static class TrainerSettings
{
    /// <summary>Length of a lease in seconds.</summary>
    public const string LeaseVariable = "NASFARM_LEASE_SECONDS";

    /// <summary><c>1</c>: a new trainer process for every unit.</summary>
    public const string FreshVariable = "NASFARM_FRESH_TRAINER";

    private const double ShortestLease = 1, LongestLease = 3600;

    /// <summary>Throws <see cref="InputException"/> for values that cannot be.</summary>
    /// <param name="dataFolder">Of <c>--data</c>; null: not given.</param>
    public static TrainerOptions FromEnvironment(string? dataFolder)
    {
        var (program, arguments) = TrainerCommandLine.Invocation(dataFolder);
        var options = new TrainerOptions { Program = program, Arguments = arguments };
        if (Environment.GetEnvironmentVariable(LeaseVariable) is { Length: > 0 } lease)
        {
            options.Lease = double.TryParse(lease, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= ShortestLease and <= LongestLease
                ? TimeSpan.FromSeconds(seconds)
                : throw new InputException($"{LeaseVariable} is '{lease}'; it must be seconds from {ShortestLease} to {LongestLease}.");
        }
        options.SilenceLimit = TimeSpan.FromTicks(Math.Max(options.SilenceLimit.Ticks, 2 * options.Lease.Ticks));
        options.FreshForEachUnit = Environment.GetEnvironmentVariable(FreshVariable) switch
        {
            null or "" or "0" => false,
            "1" => true,
            var other => throw new InputException($"{FreshVariable} is '{other}'; it must be 0 or 1."),
        };
        return options;
    }

    /// <summary>Polls often enough that a lease that ran out is seen within a quarter of it.</summary>
    public static TimeSpan PollInterval(TimeSpan lease) => TimeSpan.FromSeconds(Math.Min(2, lease.TotalSeconds / 4));
}
