using System.Text.Json;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Telemetry;

/// <summary>The labels there are. Their values are words of this program, never text of a person.</summary>
public static class MetricLabels
{
    /// <summary>Stands for a method that this program does not know.</summary>
    public const string OtherMethod = "other";

    /// <summary>An attempt or unit that brought its result.</summary>
    public const string Done = "done";

    /// <summary>The pool.</summary>
    public static MetricLabel Device { get; } = new("device", "`cpu` or `cuda`", () => ["cpu", "cuda"]);

    /// <summary>Of a unit.</summary>
    public static MetricLabel Kind { get; } = new("kind", "search phase or retrain job", Words<UnitKind>);

    /// <summary>Of a search.</summary>
    public static MetricLabel Method { get; } = new("method", "search method, as in docs/methods; `other`: one that this program does not know",
        () => [.. MethodCatalog.All.Select(method => method.Name), OtherMethod]);

    /// <summary>Of an attempt.</summary>
    public static MetricLabel Ending { get; } = new("ending", "`done`, or the reason why an attempt ended without a result (docs/how-it-works/recovery.md)",
        () => [Done, .. Words<FailureReason>()]);

    /// <summary>Of the ending before.</summary>
    public static MetricLabel Trouble { get; } = new("class", "kind of trouble that ended the attempt before (docs/how-it-works/recovery.md)", Words<ErrorClass>);

    /// <summary>How an attempt began.</summary>
    public static MetricLabel Start { get; } = new("start", "`new`, or `resumed` from a checkpoint", () => ["new", "resumed"]);

    /// <summary>Of a slot's time.</summary>
    public static MetricLabel Use { get; } = new("use", "`useful`: of attempts that were done, and of others until their last durable checkpoint; `lost`: the rest",
        () => ["useful", "lost"]);

    /// <summary>What is wrong with a resume.</summary>
    public static MetricLabel Mismatch { get; } = new("what",
        "`refused`: the slot computes other bits than the checkpoint's, and the unit is held; `accepted`: the same, and the manifest allows it; `damaged`: a checkpoint could not be used; `redone`: training that was done again on equal numerics measured another value than before",
        () => ["refused", "accepted", "damaged", "redone"]);

    /// <summary>Memory of a trainer.</summary>
    public static MetricLabel Memory { get; } = new("memory", "`resident` on the host, or on the `device`", () => ["resident", "device"]);

    /// <summary>What follows a lease that ran out.</summary>
    public static MetricLabel Then { get; } = new("then", "what follows for the unit: `retry`, `held`, `failed` or `quarantined`", () => ["retry", "held", "failed", "quarantined"]);

    /// <summary>A call of the store.</summary>
    public static MetricLabel Operation { get; } = new("operation", "member of the store's interface",
        () => [.. typeof(IFarmStore).GetMethods().Select(member => OperationOf(member.Name)).Distinct().Order(StringComparer.Ordinal)]);

    /// <summary>How a call ended.</summary>
    public static MetricLabel Answer { get; } = new("answer", "`ok`, `away` (the database does not answer) or `refused` (bad input)", () => ["ok", "away", "refused"]);

    /// <summary>Of a database connection.</summary>
    public static MetricLabel Connection { get; } = new("state", "`busy`, or `idle`: open and free", () => ["busy", "idle"]);

    /// <summary>Of a run in a sweep.</summary>
    public static MetricLabel RunState { get; } = new("state", "`open`, `finished`, `failed` or `cancelled`", () => ["open", "finished", "failed", "cancelled"]);

    /// <summary>Of an open unit.</summary>
    public static MetricLabel UnitState { get; } = new("state", "`running`; of those that wait: `ready`, `backing-off` after a failure, `held` (`nasfarm why` says for what) or `paused`",
        () => ["running", "ready", "backing-off", "held", "paused"]);

    /// <summary>Of a living slot.</summary>
    public static MetricLabel SlotState { get; } = new("state", "`free`, `busy`, `draining`, `cordoned` or `excluded` for its failures",
        () => ["free", "busy", "draining", "cordoned", "excluded"]);

    /// <summary>Of a silo.</summary>
    public static MetricLabel SiloState { get; } = new("state", "membership as Orleans has it", () => ["created", "joining", "active", "shutting-down", "stopping", "dead"]);

    /// <summary>A method's name if this program knows it.</summary>
    public static string Known(string method) => Method.Values.Contains(method) ? method : OtherMethod;

    /// <summary>The word of a store's member.</summary>
    public static string OperationOf(string member) =>
        JsonNamingPolicy.KebabCaseLower.ConvertName(member.EndsWith("Async", StringComparison.Ordinal) ? member[..^5] : member);

    /// <summary>Stable word of an enumeration's value.</summary>
    public static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private static IReadOnlyList<string> Words<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Select(Word)];
}
