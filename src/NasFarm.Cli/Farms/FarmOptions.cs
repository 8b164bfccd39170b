using System.CommandLine;
using NasFarm.Cli.Commands;
using NasFarm.Cli.Remote;

namespace NasFarm.Cli.Farms;

/// <summary>The options of a command that asks a store or a server.</summary>
internal sealed class FarmOptions
{
    private readonly Option<string?> home = Options.Home(), store = Options.Store(), server = new("--server")
    {
        Description = $"Ask the farm that a server has, http://… or https://…, instead of a store. Default: ${FarmPlace.ServerVariable}, else the store.",
        HelpName = "URL",
    };

    /// <summary>Adds them to a command.</summary>
    public static FarmOptions AddTo(Command command)
    {
        var options = new FarmOptions();
        foreach (var option in new[] { options.home, options.store, options.server })
            command.Options.Add(option);
        return options;
    }

    /// <summary>Which farm is meant. A server that nobody named for this command is said on standard error.</summary>
    public FarmPlace Choose(ParseResult parsed)
    {
        var place = FarmPlace.Choose(parsed.GetValue(home), parsed.GetValue(store), parsed.GetValue(server), Environment.GetEnvironmentVariable, Logins.Read);
        if (place is FarmPlace.Server { IsDefault: true } usual)
            Console.Error.WriteLine($"Asking {usual.Address}, your default; --home or --store names a store.");
        return place;
    }

    /// <summary>Opens it.</summary>
    public async Task<IFarmAccess> OpenAsync(ParseResult parsed, CancellationToken cancel) => Choose(parsed) switch
    {
        FarmPlace.Server place => place.Open(),
        FarmPlace.Local local => await StoreAccess.OpenAsync(local.Home, cancel),
        var other => throw new InvalidOperationException($"A farm is nowhere: {other}."),
    };
}
