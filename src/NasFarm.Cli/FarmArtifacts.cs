using System.Globalization;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;

namespace NasFarm.Cli;

/// <summary>Where a farm keeps its checkpoints and for how long, as the environment says.</summary>
internal static class FarmArtifacts
{
    /// <summary>Environment variable: newest checkpoints of an open unit that stay.</summary>
    public const string KeepLastVariable = "NASFARM_KEEP_LAST";

    /// <summary>Environment variable: days after which the ends of finished runs go too.</summary>
    public const string KeepEndDaysVariable = "NASFARM_KEEP_END_DAYS";

    /// <summary>The place that <see cref="ArtifactLocation.Variable"/> names, else the home's own folder.</summary>
    public static IArtifactStore Open(FarmHome home, string owner) =>
        ArtifactLocation.Parse(Environment.GetEnvironmentVariable(ArtifactLocation.Variable)).Open(home.Folder, owner, TimeProvider.System);

    /// <summary>What is given, else the environment's, else the defaults.</summary>
    public static RetentionOptions Retention(int? keepLast = null, int? keepEndDays = null)
    {
        var retention = new RetentionOptions { KeepEndDays = keepEndDays ?? Number(KeepEndDaysVariable, 0) };
        retention.KeepLast = keepLast ?? Number(KeepLastVariable, 1) ?? retention.KeepLast;
        return retention;
    }

    private static int? Number(string variable, int least) => Environment.GetEnvironmentVariable(variable) switch
    {
        null or "" => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least => number,
        var text => throw new InputException($"{variable} is '{text}'; it must be a number of at least {least}."),
    };
}
