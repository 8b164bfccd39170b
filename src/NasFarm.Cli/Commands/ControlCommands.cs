using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Farm.Control;
using NasFarm.Farm.Store;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm pause</c>, <c>resume</c>, <c>cancel</c>, <c>retry</c>, <c>priority</c>: what people ask of work that is accepted. Programs
/// at work hear it within their next poll, two seconds by default.</summary>
internal static class ControlCommands
{
    private const int LowestPriority = -1000, HighestPriority = 1000;

    public static Command Pause() => Verb("pause",
        "Let running units write a checkpoint and stop, and hold what waits, until 'nasfarm resume'.",
        (store, target, operation, cancel) => store.PauseAsync(Targets.MustBeRuns(target, "paused"), Environment.UserName, operation, cancel),
        done => done.Runs == 0 && done.RunsGoOn == 0
            ? $"{done.Target}: no run of it was unfinished; what comes later will be paused."
            : $"{done.Target}: {Runs(done.Runs)} paused; {Units(done.StoppingUnits)} write a checkpoint and stop, {done.HeldUnits} wait for 'nasfarm resume {done.Target}'."
                + (done.RunsGoOn > 0 ? $" {Runs(done.RunsGoOn)} go on: another sweep that is not paused wants them." : ""));

    public static Command Resume() => Verb("resume",
        "Let go on what was paused: what is named, and what was paused inside it.",
        (store, target, operation, cancel) => store.ResumeAsync(Targets.MustBeRuns(target, "resumed"), operation, cancel),
        done => $"{done.Target}: {Runs(done.Runs)} go on." + (done.StillPaused > 0 ? $" {Runs(done.StillPaused)} still {done.Because}." : ""));

    public static Command Cancel() => Verb("cancel",
        "Give up a sweep, or runs of it that are not over. What another live sweep wants goes on. 'nasfarm run' with the manifest takes it up again.",
        (store, target, operation, cancel) => store.CancelAsync(Targets.MustBeRuns(target, "cancelled"), operation, cancel),
        done => $"{done.Target}: {Units(done.CancelledUnits)} will not run." + (done.KeptRuns > 0 ? $" {Runs(done.KeptRuns)} stay for other live sweeps." : ""));

    public static Command Retry()
    {
        var target = new Argument<string?>("TARGET")
        {
            Description = "What failed: a sweep by id, start of an id, or name; SWEEP/seed=3; SWEEP/RUN; a run or a unit by id or start of an id. Default: the newest sweep.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return Verb("retry", "Give failed units their attempts back; 'nasfarm run' or a worker then goes on with them.", target,
            (store, failed, operation, cancel) => store.RetryFailedAsync(failed, operation, cancel),
            done => $"{done.RetriedUnits} failed units of {done.Target} will be tried again.");
    }

    public static Command Priority()
    {
        var (target, level) = (new Argument<string>("SWEEP") { Description = "A sweep by id, start of an id, or name." }, new Argument<int>("N")
        {
            Description = "Higher runs first, within the tenant; 0 is usual.",
            CustomParser = given =>
            {
                if (int.TryParse(given.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number is >= LowestPriority and <= HighestPriority)
                    return number;
                given.AddError($"The priority is '{given.Tokens[0].Value}'; it must be a whole number from {LowestPriority} to {HighestPriority}.");
                return 0;
            },
        });
        var (operation, home, at, json) = (Targets.Operation(), Options.Home(), Options.Store(), Options.Json());
        var command = new Command("priority", "Change the priority of a sweep, until its manifest is run again.") { target, level, operation, home, at, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var store = await FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)).OpenAsync(create: false, cancel);
            var number = parsed.GetValue(level);
            var meant = await Targets.FindAsync(store, parsed.GetRequiredValue(target), cancel);
            if (meant is not Target.Sweep sweep)
                throw new InputException(await PrioritiesAreSweepsAsync(store, meant, number, cancel));
            var id = Targets.OperationId(parsed.GetValue(operation), "priority");
            var done = await store.SetPriorityAsync(sweep.SweepId, number, id, cancel) ?? throw new InputException($"There is no sweep {sweep} any more.");
            Print(id, done, parsed.GetValue(json), $"{done.Target}: priority {done.Now}, until now {done.Before}. The manifest's counts again when it is run again.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Verb<T>(
        string verb, string description, Func<IFarmStore, Target, string, CancellationToken, Task<T?>> act, Func<T, string> say) where T : class =>
        Verb(verb, description, Targets.Argument(), act, say);

    private static Command Verb<T>(
        string verb, string description, Argument target, Func<IFarmStore, Target, string, CancellationToken, Task<T?>> act, Func<T, string> say) where T : class
    {
        var (operation, home, at, json) = (Targets.Operation(), Options.Home(), Options.Store(), Options.Json());
        var command = new Command(verb, description) { target, operation, home, at, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var store = await FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)).OpenAsync(create: false, cancel);
            var text = parsed.GetResult(target)?.Tokens is [{ Value: var given }, ..] ? given : (await FarmHome.FindSweepAsync(store, null, cancel)).SweepId;
            var meant = await Targets.FindAsync(store, text, cancel);
            var id = Targets.OperationId(parsed.GetValue(operation), verb);
            var done = await act(store, meant, id, cancel) ?? throw new InputException($"There is no {meant} any more.");
            Print(id, done, parsed.GetValue(json), say(done));
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<string> PrioritiesAreSweepsAsync(IFarmStore store, Target target, int priority, CancellationToken cancel)
    {
        var names = await store.ReadNamesAsync(cancel);
        var sweepId = target switch
        {
            Target.Cohort cohort => cohort.SweepId,
            Target.SweepRun run => run.SweepId,
            Target.Unit unit => names.Runs.First(r => r.RunId == unit.RunId).SweepId,
            _ => names.Runs.First(r => r.RunId == target.ToString()).SweepId,
        };
        return string.Create(CultureInfo.InvariantCulture, $"A priority is a whole sweep's: 'nasfarm priority {sweepId} {priority}' changes it for {target} and the other runs there.");
    }

    private static void Print<T>(string operation, T effect, bool json, string sentence) => Console.WriteLine(
        json ? JsonSerializer.Serialize(new { operation, effect }, CatalogJson.Pretty) : sentence);

    private static string Runs(int count) => Count(count, "run");

    private static string Units(int count) => Count(count, "unit");

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
