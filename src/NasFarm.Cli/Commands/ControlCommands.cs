using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using NasFarm.Catalog;
using NasFarm.Cli.Farms;
using NasFarm.Farm.Control;
using NasFarm.Server.Access;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm pause</c>, <c>resume</c>, <c>cancel</c>, <c>retry</c>, <c>priority</c>: what people ask of work that is accepted. Programs
/// at work hear it within their next poll, two seconds by default.</summary>
internal static class ControlCommands
{
    private const int LowestPriority = -1000, HighestPriority = 1000;

    public static Command Pause() => Verb("pause",
        "Let running units write a checkpoint and stop, and hold what waits, until 'nasfarm resume'.",
        (farm, target, operation, cancel) => farm.PauseAsync(Targets.MustBeRuns(target, "paused"), operation, cancel),
        done => done.Runs == 0 && done.RunsGoOn == 0
            ? $"{done.Target}: no run of it was unfinished; what comes later will be paused."
            : $"{done.Target}: {Runs(done.Runs)} paused; {Units(done.StoppingUnits)} write a checkpoint and stop, {done.HeldUnits} wait for 'nasfarm resume {done.Target}'."
                + (done.RunsGoOn > 0 ? $" {Runs(done.RunsGoOn)} go on: another sweep that is not paused wants them." : ""));

    public static Command Resume() => Verb("resume",
        "Let go on what was paused: what is named, and what was paused inside it.",
        (farm, target, operation, cancel) => farm.ResumeAsync(Targets.MustBeRuns(target, "resumed"), operation, cancel),
        done => $"{done.Target}: {Runs(done.Runs)} go on." + (done.StillPaused > 0 ? $" {Runs(done.StillPaused)} still {done.Because}." : ""));

    public static Command Cancel() => Verb("cancel",
        "Give up a sweep, or runs of it that are not over. What another live sweep wants goes on. 'nasfarm run' with the manifest takes it up again.",
        (farm, target, operation, cancel) => farm.CancelAsync(Targets.MustBeRuns(target, "cancelled"), operation, cancel),
        done => $"{done.Target}: {Units(done.CancelledUnits)} will not run." + (done.KeptRuns > 0 ? $" {Runs(done.KeptRuns)} stay for other live sweeps." : ""));

    public static Command Retry()
    {
        var target = new Argument<string?>("TARGET")
        {
            Description = "What failed: a sweep by id, start of an id, or name; SWEEP/seed=3; SWEEP/RUN; a run or a unit by id or start of an id. Default: the newest sweep.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return Verb("retry", "Give failed units their attempts back; 'nasfarm run' or a worker then goes on with them.", target,
            (farm, failed, operation, cancel) => farm.RetryAsync(failed, operation, cancel),
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
        var (operation, json) = (Targets.Operation(), Options.Json());
        var command = new Command("priority", "Change the priority of a sweep, until its manifest is run again.") { target, level, operation, json };
        var farm = FarmOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var asked = await farm.OpenAsync(parsed, cancel);
            var number = parsed.GetValue(level);
            var meant = await asked.FindTargetAsync(parsed.GetRequiredValue(target), cancel);
            if (meant is not Target.Sweep sweep)
                throw new InputException(await PrioritiesAreSweepsAsync(asked, meant, number, cancel));
            var id = Targets.OperationId(parsed.GetValue(operation), "priority");
            var done = await asked.SetPriorityAsync(sweep.SweepId, number, id, cancel);
            Print(done, parsed.GetValue(json), $"{done.Effect.Target}: priority {done.Effect.Now}, until now {done.Effect.Before}. The manifest's counts again when it is run again.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Verb<T>(
        string verb, string description, Func<IFarmAccess, Target, string, CancellationToken, Task<Commanded<T>>> act, Func<T, string> say) where T : class =>
        Verb(verb, description, Targets.Argument(), act, say);

    private static Command Verb<T>(
        string verb, string description, Argument target, Func<IFarmAccess, Target, string, CancellationToken, Task<Commanded<T>>> act, Func<T, string> say) where T : class
    {
        var (operation, json) = (Targets.Operation(), Options.Json());
        var command = new Command(verb, description) { target, operation, json };
        var farm = FarmOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var asked = await farm.OpenAsync(parsed, cancel);
            var text = parsed.GetResult(target)?.Tokens is [{ Value: var given }, ..] ? given : (await asked.FindSweepAsync(null, cancel)).SweepId;
            var meant = await asked.FindTargetAsync(text, cancel);
            var id = Targets.OperationId(parsed.GetValue(operation), verb);
            var done = await act(asked, meant, id, cancel);
            Print(done, parsed.GetValue(json), say(done.Effect));
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<string> PrioritiesAreSweepsAsync(IFarmAccess farm, Target target, int priority, CancellationToken cancel)
    {
        var sweepId = target switch
        {
            Target.Cohort cohort => cohort.SweepId,
            Target.SweepRun run => run.SweepId,
            Target.Unit unit => await SweepOfAsync(unit.RunId),
            _ => await SweepOfAsync(target.ToString()!),
        };
        return string.Create(CultureInfo.InvariantCulture, $"A priority is a whole sweep's: 'nasfarm priority {sweepId} {priority}' changes it for {target} and the other runs there.");

        async Task<string?> SweepOfAsync(string runId) => JsonNode.Parse(await farm.ReadRunAsync(runId, cancel))?["sweeps"]?[0]?["sweepId"]?.GetValue<string>();
    }

    private static void Print<T>(Commanded<T> done, bool json, string sentence) => Console.WriteLine(
        json ? JsonSerializer.Serialize(done, CatalogJson.Pretty) : sentence);

    private static string Runs(int count) => Count(count, "run");

    private static string Units(int count) => Count(count, "unit");

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
