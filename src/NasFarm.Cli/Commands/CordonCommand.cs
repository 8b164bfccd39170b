using System.CommandLine;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Farm.Store;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm cordon</c>, <c>drain</c> and <c>uncordon</c>: close a host or a slot, and open it again.</summary>
internal static class CordonCommand
{
    public static Command Cordon() => Close("cordon", drain: false,
        "Give a host or a slot nothing new; what runs there goes on. It holds for every process there, now and later, until 'nasfarm uncordon'.");

    public static Command Drain() => Close("drain", drain: true,
        "Cordon a host or a slot, and ask what runs there to stop with a checkpoint; it goes on elsewhere.");

    public static Command Uncordon()
    {
        var (where, home, at) = (Place(), Options.Home(), Options.Store());
        var command = new Command("uncordon", "Open a host or a slot again that was cordoned, drained, or excluded for its failures.") { where, home, at };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var store = await FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)).OpenAsync(create: false, cancel);
            var board = await store.ReadSlotsAsync(cancel);
            var place = PlaceOf(parsed.GetRequiredValue(where), board);
            if (!await store.UncordonAsync(place, cancel))
            {
                var closed = board.Cordons.Select(c => c.Place).Concat(board.Exclusions.Select(e => e.Place)).Distinct().ToList();
                throw new InputException($"{place} is not closed{(closed.Count == 0 ? ", and nothing is" : $"; closed are {string.Join(", ", closed)}")}.");
            }
            Console.WriteLine($"{place} is open again.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Close(string word, bool drain, string description)
    {
        var (where, home, at, json) = (Place(), Options.Home(), Options.Store(), Options.Json());
        var reason = new Option<string?>("--reason") { Description = "Why, for 'nasfarm slots' and 'nasfarm why'.", HelpName = "TEXT" };
        var command = new Command(word, description) { where, reason, home, at, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var store = await FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)).OpenAsync(create: false, cancel);
            var place = PlaceOf(parsed.GetRequiredValue(where), await store.ReadSlotsAsync(cancel));
            var report = await store.CordonAsync(new(place, $"{Environment.UserName}@{Environment.MachineName}", parsed.GetValue(reason), drain), cancel);
            Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(report, CatalogJson.Pretty) : Text(report, drain));
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Text(CordonReport report, bool drain)
    {
        var slots = report.Slots == 0 ? "no slot lives there now, and one that comes gets nothing" : $"{report.Slots} living slots get nothing new";
        var running = (report.Running, drain) switch
        {
            (0, _) => "nothing runs there",
            (var n, true) => $"{n} running units stop with a checkpoint, at the latest a third of a lease from now and the time it takes",
            (var n, false) => $"{n} running units go on to their ends",
        };
        return $"{report.Place} is {(drain ? "drained" : "cordoned")}: {slots}; {running}.";
    }

    private static Argument<string> Place() => new("PLACE") { Description = "A host, or one slot of it as 'nasfarm slots' names it: HOST/cpu-0, HOST/gpu-1." };

    /// <summary>A slot's id of this moment stands for its place.</summary>
    private static string PlaceOf(string given, SlotBoard board)
    {
        if (given.Length == 0 || given.Any(char.IsWhiteSpace))
            throw new InputException($"'{given}' is no place; it must be a host, or HOST/cpu-0, or HOST/gpu-1 ('nasfarm slots' lists them).");
        return board.Slots.FirstOrDefault(s => s.Slot.SlotId == given)?.Slot.Place ?? given;
    }
}
