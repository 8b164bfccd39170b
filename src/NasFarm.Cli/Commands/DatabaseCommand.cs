using System.CommandLine;
using System.Text.Json;
using NasFarm.Catalog;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm db</c>: how far the store's schema is, and bringing it up to date ahead of the first command that would.</summary>
internal static class DatabaseCommand
{
    public static Command Create() => new("db", "Show or change the schema of the farm's store.") { Status(), Migrate() };

    private static Command Status()
    {
        var (home, at, json) = (Options.Home(), Options.Store(), Options.Json());
        var command = new Command("status", "Show where the store is and how far its schema is; nothing is changed.") { home, at, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await PrintAsync(FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)), parsed.GetValue(json), cancel);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Migrate()
    {
        var (home, at, json) = (Options.Home(), Options.Store(), Options.Json());
        var command = new Command("migrate", "Make the store's tables, or bring them to the schema of this version. Needs a user that may.") { home, at, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var farm = FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at));
            await using (await farm.OpenAsync(create: true, cancel))
                await PrintAsync(farm, parsed.GetValue(json), cancel);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task PrintAsync(FarmHome farm, bool json, CancellationToken cancel)
    {
        var schema = await farm.ReadSchemaAsync(cancel);
        Console.WriteLine(json
            ? JsonSerializer.Serialize(new { store = farm.Store, level = schema.Level, known = schema.Known }, CatalogJson.Pretty)
            : $"{farm.Store}: " + schema.Level switch
            {
                0 => $"no farm yet; 'nasfarm run' or 'nasfarm db migrate' makes schema {schema.Known}",
                var level when level == schema.Known => $"schema {level}, as this version needs it",
                var level when level < schema.Known => $"schema {level}; the next command brings it to {schema.Known}",
                var level => $"schema {level}, written by a newer version; this one knows schemas up to {schema.Known}",
            });
    }
}
