using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Farm.Control;
using NasFarm.Farm.Store;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm delete</c>: forgets sweeps, after saying what goes and what stays.</summary>
internal static class DeleteCommand
{
    public static Command Create()
    {
        var target = new Argument<string?>("SWEEP") { Description = "A sweep by id, start of an id, or name.", Arity = ArgumentArity.ZeroOrOne };
        var age = new Option<TimeSpan?>("--older-than")
        {
            Description = "Instead of naming one: every sweep that is over and of which nothing was executed for so long, e.g. 30d, 12h.",
            HelpName = "AGE",
            CustomParser = given =>
            {
                if (Age(given.Tokens[0].Value) is { } parsed)
                    return parsed;
                given.AddError($"--older-than is '{given.Tokens[0].Value}'; it must be a number of days or hours, like 30d or 12h.");
                return null;
            },
        };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask." };
        var running = new Option<bool>("--cancel") { Description = "Also when units run that would go: their trainers are killed." };
        var (operation, home, at, json) = (Targets.Operation(), Options.Home(), Options.Store(), Options.Json());
        var command = new Command("delete", "Delete a sweep: its results, and everything that no other sweep refers to.")
        {
            target, age, running, yes, operation, home, at, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var store = await FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)).OpenAsync(create: false, cancel);
            var (wanted, olderThan, given) = (parsed.GetValue(target), parsed.GetValue(age), parsed.GetValue(operation));
            if ((wanted is null) == (olderThan is null))
                throw new InputException("'nasfarm delete' takes a sweep or --older-than, and one of them.");

            // A command that is given again names a sweep that is gone.
            if (given is not null && wanted is not null && await store.ReadDeletionAsync(given, cancel) is { } before)
            {
                Print([before], parsed.GetValue(json));
                return ExitCodes.Done;
            }
            var sweepIds = olderThan is { } span
                ? [.. (await store.ReadFinishedAsync(span, cancel)).Select(s => s.SweepId)]
                : new[] { await FindAsync(store, wanted!, cancel) };
            var found = new List<DeleteReport>();
            foreach (var sweepId in sweepIds)
                found.Add(await store.PreviewDeletionAsync(sweepId, cancel) ?? throw new InputException($"There is no sweep {sweepId} any more."));

            MustMayDelete(found, parsed.GetValue(running), parsed.GetValue(yes));
            var deleted = new List<DeleteReport>();
            foreach (var sweepId in sweepIds)
            {
                var id = Targets.OperationId(given, "delete") + (olderThan is null ? "" : $"-{sweepId}");
                if (await store.DeleteSweepAsync(sweepId, parsed.GetValue(running), id, cancel) is { } report)
                    deleted.Add(report);
            }
            Print(deleted, parsed.GetValue(json));
            return deleted.TrueForAll(d => d.Deleted) ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    /// <summary>Throws <see cref="InputException"/> when units run, or when nobody agrees.</summary>
    private static void MustMayDelete(IReadOnlyList<DeleteReport> found, bool cancelRunning, bool yes)
    {
        if (!cancelRunning && found.FirstOrDefault(f => f.RunningUnits > 0) is { } busy)
            throw new InputException($"{busy.Name} ({busy.Target}) has {busy.RunningUnits} running units that would go. Wait for them, 'nasfarm cancel {busy.Target}' first, or add --cancel. Nothing was deleted.");
        if (yes || found.Count == 0)
            return;
        var what = string.Join('\n', found.Select(Sentence));
        if (Console.IsInputRedirected)
            throw new InputException($"{what}\nThere is no terminal to ask on: add --yes. Nothing was deleted.");
        Console.Error.Write($"{what}\nDelete? [y/N] ");
        if (Console.ReadLine()?.Trim() is not ("y" or "Y" or "yes"))
            throw new InputException("Nothing was deleted.");
    }

    private static async Task<string> FindAsync(IFarmStore store, string text, CancellationToken cancel) => await Targets.FindAsync(store, text, cancel) switch
    {
        Target.Sweep sweep => sweep.SweepId,
        var other => throw new InputException($"{other} is no sweep, and only whole sweeps are deleted; 'nasfarm cancel {other}' gives it up."),
    };

    private static void Print(List<DeleteReport> reports, bool json)
    {
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(reports, CatalogJson.Pretty));
        else if (reports.Count == 0)
            Console.WriteLine("No sweep is that old and over.");
        else
            reports.ForEach(report => Console.WriteLine(Sentence(report)));
    }

    private static string Sentence(DeleteReport d)
    {
        var goes = string.Create(CultureInfo.InvariantCulture,
            $"{d.Name} ({d.Target}): {(d.Deleted ? "deleted, with" : "deletes")} {d.Runs} runs, {d.Units} units, {d.Checkpoints} checkpoints ({Size.Words(d.Bytes)}; 'nasfarm artifacts collect' removes their files)");
        var stays = d.Kept.Select(k => string.Create(CultureInfo.InvariantCulture, $"{k.Runs} runs stay for {k.Name} ({k.SweepId})"))
            .Concat(d.KeptAsSources > 0 ? [$"{d.KeptAsSources} stay as sources of placebo runs elsewhere"] : []);
        return string.Join("; ", stays.Prepend(goes)) + ".";
    }

    private static TimeSpan? Age(string text) =>
        text.Length > 1 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? text[^1] switch { 'd' when number < 100_000 => TimeSpan.FromDays(number), 'h' when number < 1_000_000 => TimeSpan.FromHours(number), _ => null }
            : null;
}
