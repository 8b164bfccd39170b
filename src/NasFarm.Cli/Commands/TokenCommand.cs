using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Farm.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm token</c>: who may ask a farm over HTTP. Whoever reaches the store may do everything anyway, so it asks for no role.</summary>
internal static class TokenCommand
{
    private const int MostDays = 36_500;

    public static Command Create() => new("token", "Make, list and revoke the tokens that a farm's HTTP side asks for.") { Issue(), List(), Revoke() };

    private static Command Issue()
    {
        var name = new Argument<string>("NAME") { Description = "For people: whose it is and what for." };
        var tenant = new Option<string>("--tenant") { Description = "Where it holds; '*': in every tenant. Default: default.", HelpName = "TENANT", DefaultValueFactory = _ => "default" };
        var role = new Option<string>("--role") { Description = "What its owner may do there. Default: viewer.", HelpName = "ROLE", DefaultValueFactory = _ => "viewer" };
        role.AcceptOnlyFromAmong("viewer", "submitter", "operator", "admin");
        var days = new Option<int?>("--days")
        {
            Description = "Days until it expires. Default: never.",
            HelpName = "N",
            CustomParser = given =>
            {
                if (int.TryParse(given.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MostDays)
                    return number;
                given.AddError($"--days is '{given.Tokens[0].Value}'; it must be 1 to {MostDays}.");
                return null;
            },
        };
        var (home, at, json) = (Options.Home(), Options.Store(), Options.Json());
        var command = new Command("create", "Make a token and print it, this once: the store keeps only a hash.") { name, tenant, role, days, home, at, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var store = await FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)).OpenAsync(create: true, cancel);
            try
            {
                var issued = await Tokens.IssueAsync(
                    store, parsed.GetRequiredValue(name), parsed.GetRequiredValue(tenant), Tokens.RoleOf(parsed.GetRequiredValue(role))!.Value,
                    parsed.GetValue(days) is { } number ? TimeProvider.System.GetUtcNow().AddDays(number) : null, TimeProvider.System, cancel);
                Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(new { issued.Text, issued.Kept.TokenId, issued.Kept.ExpiresAt }, CatalogJson.Pretty) : issued.Text);
                return ExitCodes.Done;
            }
            catch (RefusedException refused)
            {
                throw new InputException(refused.Message);
            }
        });
        return command;
    }

    private static Command List()
    {
        var (home, at, json) = (Options.Home(), Options.Store(), Options.Json());
        var command = new Command("list", "Show the tokens, without their secrets.") { home, at, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var store = await FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)).OpenAsync(create: false, cancel);
            var tokens = await store.ListTokensAsync(cancel);
            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(tokens.Select(t => new { t.TokenId, t.Name, t.Tenant, t.Role, t.CreatedAt, t.ExpiresAt, t.RevokedAt, t.UsedOn }), CatalogJson.Pretty));
                return ExitCodes.Done;
            }
            Console.WriteLine($"{"id",-16} {"tenant",-16} {"role",-9} {"created",-10} {"last used",-10} {"state",-20} name");
            foreach (var token in tokens)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{token.TokenId,-16} {token.Tenant,-16} {token.Role,-9} {token.CreatedAt:yyyy-MM-dd} {(token.UsedOn is { } day ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "never"),-10} {State(token),-20} {token.Name}"));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("ID") { Description = "Id of a token, as 'nasfarm token list' shows it." };
        var (home, at) = (Options.Home(), Options.Store());
        var command = new Command("revoke", "Take a token's worth away, at once and for good.") { id, home, at };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var store = await FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)).OpenAsync(create: false, cancel);
            var token = await store.RevokeTokenAsync(parsed.GetRequiredValue(id), cancel)
                ?? throw new InputException($"There is no token '{parsed.GetRequiredValue(id)}'; 'nasfarm token list' shows those there are.");
            Console.WriteLine($"{token.TokenId} ({token.Name}) opens nothing since {token.RevokedAt:u}.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static string State(AccessToken token) => token switch
    {
        { RevokedAt: { } at } => string.Create(CultureInfo.InvariantCulture, $"revoked {at:yyyy-MM-dd}"),
        { ExpiresAt: { } at } when at <= TimeProvider.System.GetUtcNow() => string.Create(CultureInfo.InvariantCulture, $"expired {at:yyyy-MM-dd}"),
        { ExpiresAt: { } at } => string.Create(CultureInfo.InvariantCulture, $"until {at:yyyy-MM-dd}"),
        _ => "valid",
    };
}
