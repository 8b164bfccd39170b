using System.CommandLine;
using NasFarm.Farm.Control;
using NasFarm.Farm.Store;

namespace NasFarm.Cli.Commands;

/// <summary>What the commands of control are about, and by which operation id they are known.</summary>
internal static class Targets
{
    public static Argument<string> Argument() => new("TARGET")
    {
        Description = "A sweep by id, start of an id, or name; SWEEP/seed=3 for a cohort; SWEEP/RUN for a run in that sweep alone; a run by id or start of an id.",
    };

    public static Option<string?> Operation() => new("--operation")
    {
        Description = "Id of this command. Given again, with the same command, it answers the same and does nothing. Default: a new one.",
        HelpName = "ID",
    };

    /// <summary>The given id, or a new one.</summary>
    public static string OperationId(string? given, string verb) => given ?? $"{verb}-{ProcessName.Current}";

    /// <summary>Throws <see cref="InputException"/> when nothing, or no one thing, is meant.</summary>
    public static async Task<Target> FindAsync(IFarmStore store, string text, CancellationToken cancel)
    {
        var answer = TargetText.Find(text, await store.ReadNamesAsync(cancel));
        return answer.Target ?? throw new InputException(answer.Problem!);
    }

    /// <summary>Refuses what has no meaning for a unit by itself.</summary>
    public static Target MustBeRuns(Target target, string verb) => target is not Target.Unit unit ? target
        : throw new InputException($"A unit is {verb} with its run: name {unit.RunId} instead of {unit.UnitId}.");
}
