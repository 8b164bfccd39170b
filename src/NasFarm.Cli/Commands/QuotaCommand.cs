using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm quota</c>: how many slots a tenant may use, and its share of them.</summary>
internal static class QuotaCommand
{
    private const string NoLimit = "none";
    private const int MostSlots = 1_000_000;
    private const int MostWeight = 1000;

    public static Command Create() => new("quota", "Limit how many slots tenants use, and weigh their shares.") { Set(), List() };

    private static Command Set()
    {
        var tenant = new Argument<string>("TENANT") { Description = "A tenant, as manifests name it in metadata.tenant." };
        var slots = new Option<string?>("--slots")
        {
            Description = $"Slots at once, over all pools; '{NoLimit}' lifts the limit. What runs goes on. Default: as it is.", HelpName = "N",
        };
        slots.Validators.Add(given => Check(given, 0, MostSlots, $", or '{NoLimit}'", text => text == NoLimit));
        var weight = new Option<int?>("--weight")
        {
            Description = "Share of every pool in proportion to the other tenants' weights. Default: as it is; 1 for a new tenant.", HelpName = "W",
        };
        weight.Validators.Add(given => Check(given, 1, MostWeight, "", _ => false));
        var (home, at) = (Options.Home(), Options.Store());
        var command = new Command("set", "Set a tenant's quota and weight.") { tenant, slots, weight, home, at };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var store = await FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)).OpenAsync(create: true, cancel);
            var name = parsed.GetRequiredValue(tenant);
            var now = (await store.ReadSnapshotAsync(1, cancel: cancel)).Tenants.FirstOrDefault(t => t.Tenant == name) ?? new(name);
            var share = new TenantShare(
                name,
                parsed.GetValue(slots) is { } text ? text == NoLimit ? null : int.Parse(text, CultureInfo.InvariantCulture) : now.Slots,
                parsed.GetValue(weight) ?? now.Weight);
            await store.SetTenantAsync(share, cancel);
            Console.WriteLine($"Tenant {share.Tenant} may use {(share.Slots is { } n ? $"{n} slots" : "any number of slots")} at once and has weight {share.Weight}.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command List()
    {
        var (home, at, json) = (Options.Home(), Options.Store(), Options.Json());
        var command = new Command("list", "Show what tenants may use and what they use.") { home, at, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var store = await FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)).OpenAsync(create: false, cancel);
            var tenants = TenantUse.Of(await store.ReadSnapshotAsync(1, cancel: cancel));
            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(tenants, CatalogJson.Pretty));
                return ExitCodes.Done;
            }
            Console.WriteLine($"{"tenant",-24} {"slots",6} {"quota",6} {"weight",6} {"lately",7}");
            foreach (var t in tenants)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{t.Tenant,-24} {t.Slots,6} {t.Quota?.ToString(CultureInfo.InvariantCulture) ?? NoLimit,6} {t.Weight,6} {t.Lately,7:0.0}"));
            Console.WriteLine($"lately: slots in use on the average, a use {DecayedUse.HalfLife.TotalHours:0} h ago counting half");
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Check(OptionResult given, int least, int most, string orElse, Func<string, bool> isElse)
    {
        foreach (var token in given.Tokens.Where(t => !isElse(t.Value)))
        {
            if (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < least || value > most)
                given.AddError($"{given.Option.Name} is '{token.Value}'; it must be {least} to {most}{orElse}.");
        }
    }
}
