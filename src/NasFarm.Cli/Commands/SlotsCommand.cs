using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm slots</c>: every living slot of every worker, what it does, and which places are closed.</summary>
internal static class SlotsCommand
{
    public static Command Create()
    {
        var (home, at, json) = (Options.Home(), Options.Store(), Options.Json());
        var command = new Command("slots", "List the slots of all workers: what each is, what it executes, and whether it is closed, by whom and why.") { home, at, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var store = await FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)).OpenAsync(create: false, cancel);
            var board = await store.ReadSlotsAsync(cancel);
            Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(board, CatalogJson.Pretty) : Text(board));
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>A line per slot, then the closed places without one.</summary>
    internal static string Text(SlotBoard board)
    {
        var lines = new List<string>();
        if (board.Slots.Count == 0)
            lines.Add("No slot lives: no worker and no 'nasfarm run' is at work on this store.");
        else
            lines.Add($"{"place",-24} {"state",-9} {"since",-20} {"device",-6} {"memory",9}  {"model",-24} labels");
        foreach (var state in board.Slots)
        {
            var slot = state.Slot;
            lines.Add(string.Create(CultureInfo.InvariantCulture,
                $"{slot.Place,-24} {state.State,-9} {state.Since,-20:u} {slot.Device,-6} {Memory(slot),9}  {slot.Model,-24} {string.Join(", ", slot.Labels)}").TrimEnd());
            if (state.UnitId is { } unit)
                lines.Add($"    {unit} of {state.RunId}");
            if (state.Cordon is { } cordon)
                lines.Add($"    {Words(cordon)}");
            if (state.Excluded is { } excluded)
                lines.Add($"    {Words(excluded)}");
        }
        lines.AddRange(board.Cordons.Where(cordon => !board.Slots.Any(s => SlotPlace.Covers(cordon.Place, s.Slot.Host, s.Slot.SlotId)))
            .Select(cordon => $"{cordon.Place}: no slot lives there; {Words(cordon)}"));
        lines.AddRange(board.Exclusions.Where(e => !board.Slots.Any(s => s.Slot.Place == e.Place)).Select(e => $"{e.Place}: no slot lives there; {Words(e)}"));
        return string.Join('\n', lines);
    }

    private static string Memory(SlotInfo slot) => slot.MemoryBytes == 0 ? "unknown" : ResourceRequest.MemoryWords(slot.MemoryBytes);

    private static string Words(Cordon cordon) => string.Create(CultureInfo.InvariantCulture,
        $"{(cordon.Drain ? "drained" : "cordoned")} by {cordon.By} since {cordon.At:u}{(cordon.Reason is null ? "" : $": {cordon.Reason}")}");

    private static string Words(SlotExclusion excluded) => string.Create(CultureInfo.InvariantCulture,
        $"excluded until {excluded.Until:u}, for the {Ordinal(excluded.Times)} time in a row: {excluded.Reason}");

    private static string Ordinal(int number) => number switch
    {
        1 => "1st",
        2 => "2nd",
        3 => "3rd",
        _ => string.Create(CultureInfo.InvariantCulture, $"{number}th"),
    };
}
