using System.CommandLine;
using System.Globalization;
using NasFarm.Farm.Manifests;
using NasFarm.Server.Hosting;

namespace NasFarm.Cli.Commands;

/// <summary>Options that several commands share.</summary>
internal static class Options
{
    private const int LongestDrainSeconds = 86_400;

    public static Option<string?> Home() => new("--home")
    {
        Description = $"Folder of the farm: store, checkpoints, reports. Default: ${FarmHome.Variable}, else .nasfarm here.",
        HelpName = "FOLDER",
    };

    public static Option<string?> Store() => new("--store")
    {
        Description = $"PostgreSQL store of the farm, postgres://user@host/database. Default: ${FarmHome.StoreVariable}, else a SQLite file in the farm's folder.",
        HelpName = "ADDRESS",
    };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON for programs instead of text for people." };

    public static Option<bool> Fresh() => new("--fresh")
    {
        Description = "Run everything anew under new ids, even what the store already knows.",
    };

    public static Option<string?> Data() => new("--data")
    {
        Description = "Folder with data sets, looked at before $NASFARM_DATA, the user's data folder and Debian's packages.",
        HelpName = "FOLDER",
    };

    public static Option<string[]?> Labels() => new("--label")
    {
        Description = "Label of this machine's slots, which manifests may ask for in execution.resources. May be given several times.",
        HelpName = "LABEL",
    };

    public static Option<long?> Memory() => new("--memory")
    {
        Description = "Memory of each slot, which manifests may ask for, e.g. 8GiB. Default: this machine's, divided by its CPU slots; a GPU has its own.",
        HelpName = "SIZE",
        CustomParser = given =>
        {
            try
            {
                return MemorySize.Parse(given.Tokens[0].Value);
            }
            catch (FormatException wrong)
            {
                given.AddError($"--memory: {wrong.Message}");
                return null;
            }
        },
    };

    public static Option<double?> Drain() => new("--drain-seconds")
    {
        Description = "When asked to stop: seconds that what runs has for its checkpoint before it is killed. Default: 60.",
        HelpName = "SECONDS",
        CustomParser = given =>
        {
            var text = given.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= LongestDrainSeconds)
                return seconds;
            given.AddError($"--drain-seconds is '{text}'; it must be 0 to {LongestDrainSeconds}.");
            return null;
        },
    };

    public static Option<string?> Metrics() => new("--metrics")
    {
        Description = "Addresses where this worker gives its metrics (/metrics) and says how it is (/health/…), separated by ';', e.g. http://127.0.0.1:9180. Whoever reaches them may read. Default: none.",
        HelpName = "URLS",
        CustomParser = given =>
        {
            var text = given.Tokens[0].Value;
            var wrong = FarmWeb.Addresses(text).FirstOrDefault(url => !FarmWeb.IsAddress(url));
            if (wrong is null && FarmWeb.Addresses(text).Length > 0)
                return text;
            given.AddError($"--metrics: '{wrong ?? text}' is no address to listen on; it must be like http://127.0.0.1:9180.");
            return null;
        },
    };

    public static Argument<FileInfo> Manifest() => new("MANIFEST") { Description = "A sweep manifest (docs/reference/manifest.md)." };

    public static Argument<string?> Sweep() => new("SWEEP")
    {
        Description = "A sweep by id, start of an id, or name. Default: the newest.",
        Arity = ArgumentArity.ZeroOrOne,
    };
}
