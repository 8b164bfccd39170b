using System.Globalization;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Lineage;

/// <summary>A metric of a unit's history.</summary>
public sealed record HistoryMetric(long Step, int Epoch, string Name, double Value);

/// <summary>A decision of a unit's history. <paramref name="Detail"/> is one line of JSON.</summary>
public sealed record HistoryDecision(long Step, int Epoch, string Name, string Detail);

/// <summary>What one unit measured and decided, as lines.</summary>
public sealed class UnitHistory
{
    private readonly string[] lines;

    private UnitHistory(string unitId, UnitKind kind, string state, string[] lines) => (UnitId, Kind, State, this.lines) = (unitId, kind, state, lines);

    /// <summary>Id of the unit.</summary>
    public string UnitId { get; }

    /// <summary>Search phase or retrain job.</summary>
    public UnitKind Kind { get; }

    /// <summary>waiting, running, done, failed or cancelled.</summary>
    public string State { get; }

    /// <summary>Metrics by step, then name.</summary>
    public IEnumerable<HistoryMetric> Metrics => Of("metric").Select(rest =>
        rest.Split(' ') is [var step, var epoch, var name, var value]
            ? new HistoryMetric(Step(step), Epoch(epoch), name, double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture))
            : throw new FormatException($"'metric {rest}' is no metric; one is 'metric STEP EPOCH NAME VALUE'."));

    /// <summary>Decisions by step, then name.</summary>
    public IEnumerable<HistoryDecision> Decisions => Of("decision").Select(rest =>
        rest.Split(' ', 4) is [var step, var epoch, var name, var detail]
            ? new HistoryDecision(Step(step), Epoch(epoch), name, detail)
            : throw new FormatException($"'decision {rest}' is no decision; one is 'decision STEP EPOCH NAME JSON'."));

    /// <summary>Its result as JSON; null: none.</summary>
    public string? Outcome => Of("outcome").FirstOrDefault();

    internal IEnumerable<string> Lines => lines;

    internal static UnitHistory Read(string header, IEnumerable<string> lines) =>
        header.Split(' ') is ["unit", var id, var kind, var state] && Enum.TryParse<UnitKind>(kind, out var known)
            ? new(id, known, state, [header, .. lines])
            : throw new FormatException($"'{header}' begins no unit; 'unit ID KIND STATE' does.");

    private IEnumerable<string> Of(string kind) =>
        lines.Where(line => line.StartsWith(kind, StringComparison.Ordinal) && line.AsSpan(kind.Length) is [' ', ..]).Select(line => line[(kind.Length + 1)..]);

    private static long Step(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static int Epoch(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}

/// <summary>The canonical text of a run (<see cref="IFarmStore.EffectiveHistoryAsync"/>), taken apart and put together again.</summary>
public sealed class RunHistory
{
    private RunHistory(string runId, string searchState, string genotype, string[] head, IReadOnlyList<UnitHistory> units) =>
        (RunId, SearchState, Genotype, Head, Units) = (runId, searchState, genotype, head, units);

    /// <summary>Id of the run.</summary>
    public string RunId { get; }

    /// <summary>open, finished, failed or cancelled.</summary>
    public string SearchState { get; }

    /// <summary>The derived cell; empty: none yet.</summary>
    public string Genotype { get; }

    /// <summary>Search phases in order, then retrain jobs.</summary>
    public IReadOnlyList<UnitHistory> Units { get; }

    /// <summary>Lines about the run as a whole.</summary>
    internal IReadOnlyList<string> Head { get; }

    /// <summary>Every line, in order.</summary>
    public IEnumerable<string> Lines => [.. Head, .. Units.SelectMany(unit => unit.Lines)];

    /// <summary>Reads it. Throws <see cref="FormatException"/> with the line that is wrong.</summary>
    public static RunHistory Parse(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines is not [var first, var second, ..]
            || first.Split(' ') is not ["run", var runId, "search", var state, "diverged", _] || !second.StartsWith("genotype", StringComparison.Ordinal))
        {
            throw new FormatException($"'{lines.FirstOrDefault()}' begins no history; 'run ID search STATE diverged …' and 'genotype …' do.");
        }
        var begins = lines.Index().Where(line => line.Item.StartsWith("unit ", StringComparison.Ordinal)).Select(line => line.Index).Append(lines.Length).ToList();
        if (begins[0] != 2)
            throw new FormatException($"'{lines[2]}' follows the genotype; 'unit ID KIND STATE' must.");
        var units = begins.Zip(begins.Skip(1), (begin, end) => UnitHistory.Read(lines[begin], lines[(begin + 1)..end])).ToList();
        return new(runId, state, second["genotype".Length..].Trim(), [first, second], units);
    }

    /// <summary>The history of some of its units.</summary>
    public RunHistory Of(IReadOnlySet<string> unitIds) => new(RunId, SearchState, Genotype, [.. Head], [.. Units.Where(unit => unitIds.Contains(unit.UnitId))]);

    /// <summary>The canonical text again.</summary>
    public override string ToString() => string.Concat(Lines.Select(line => line + "\n"));
}
