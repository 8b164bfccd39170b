using System.Globalization;
using System.Text.Json;

namespace NasFarm.Farm.Lineage;

/// <summary>Where two histories part: the first line (from 1) that differs; null where one has ended.</summary>
public sealed record HistoryDifference(int Line, string? Original, string? Replayed);

/// <summary>A number that differs by more than is allowed.</summary>
/// <param name="What">Unit, step, epoch and name.</param>
public sealed record NumberDifference(string What, double Original, double Replayed);

/// <summary>Two executions on different numerics, value by value. Checkpoints are not compared: their bytes cannot agree.</summary>
/// <param name="Tolerance">t in |a − b| ≤ t·max(1, |a|).</param>
/// <param name="Numbers">Numbers that both have.</param>
/// <param name="Beyond">Those that differ by more, the largest excess first.</param>
/// <param name="Words">Choices, cells and states that both have.</param>
/// <param name="OtherWords">Those that differ, as sentences.</param>
/// <param name="OnlyOriginal">Values that only the original has.</param>
/// <param name="OnlyReplayed">Values that only the replay has.</param>
public sealed record HistoryAgreement(
    double Tolerance, int Numbers, IReadOnlyList<NumberDifference> Beyond, int Words, IReadOnlyList<string> OtherWords, int OnlyOriginal, int OnlyReplayed)
{
    /// <summary>Nothing is beyond the tolerance, different or missing.</summary>
    public bool Agrees => Beyond.Count == 0 && OtherWords.Count == 0 && OnlyOriginal == 0 && OnlyReplayed == 0;
}

/// <summary>Compares what two executions of one run decided and measured.</summary>
public static class HistoryComparison
{
    /// <summary>Tolerance where none is given: a point of accuracy in a hundred, a hundredth of a loss.</summary>
    public const double DefaultTolerance = 0.01;

    /// <summary>The first line that differs; null: equal to the byte.</summary>
    public static HistoryDifference? First(RunHistory original, RunHistory replayed)
    {
        var (before, after) = (original.Lines.ToList(), replayed.Lines.ToList());
        var same = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();
        return same == before.Count && same == after.Count ? null : new(same + 1, before.ElementAtOrDefault(same), after.ElementAtOrDefault(same));
    }

    /// <summary>Value by value: numbers within a tolerance, everything else equal.</summary>
    public static HistoryAgreement Within(RunHistory original, RunHistory replayed, double tolerance)
    {
        var (before, after) = (Values(original), Values(replayed));
        var both = before.Keys.Where(after.ContainsKey).ToList();
        var numbers = both.Where(key => before[key].Number is not null && after[key].Number is not null).ToList();
        var words = both.Except(numbers).ToList();
        return new(
            tolerance, numbers.Count,
            [.. numbers.Select(key => new NumberDifference(key, before[key].Number!.Value, after[key].Number!.Value))
                .Where(pair => Excess(pair) > tolerance).OrderByDescending(Excess).ThenBy(pair => pair.What, StringComparer.Ordinal)],
            words.Count,
            [.. words.Where(key => before[key] != after[key]).Select(key => $"{key}: {before[key]} there, {after[key]} here")],
            before.Count - both.Count, after.Count - both.Count);
    }

    /// <summary>|a − b| / max(1, |a|); infinite when only one of them is a finite number.</summary>
    private static double Excess(NumberDifference pair)
    {
        if (pair.Original.Equals(pair.Replayed))
            return 0;
        var excess = Math.Abs(pair.Original - pair.Replayed) / Math.Max(1, Math.Abs(pair.Original));
        return double.IsNaN(excess) ? double.PositiveInfinity : excess;
    }

    private readonly record struct Value(double? Number, string? Word)
    {
        public override string ToString() => Word ?? Number!.Value.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>Every value under a name that says where it stands. JSON is taken apart into its leaves.</summary>
    private static Dictionary<string, Value> Values(RunHistory history)
    {
        var values = new Dictionary<string, Value> { ["search"] = new(null, history.SearchState), ["genotype"] = new(null, history.Genotype) };
        foreach (var unit in history.Units)
        {
            values[$"{unit.UnitId} state"] = new(null, unit.State);
            foreach (var metric in unit.Metrics)
                values[At(unit.UnitId, metric.Step, metric.Epoch, metric.Name)] = new(metric.Value, null);
            foreach (var decision in unit.Decisions)
                Take(At(unit.UnitId, decision.Step, decision.Epoch, decision.Name), decision.Detail);
            if (unit.Outcome is { } outcome)
                Take($"{unit.UnitId} outcome", outcome);
        }
        return values;

        void Take(string name, string json)
        {
            using var document = JsonDocument.Parse(json);
            Leaves(name, document.RootElement);
        }

        void Leaves(string name, JsonElement element)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var member in element.EnumerateObject())
                        Leaves($"{name}.{member.Name}", member.Value);
                    break;
                case JsonValueKind.Array:
                    foreach (var (index, item) in element.EnumerateArray().Index())
                        Leaves(string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]"), item);
                    break;
                case JsonValueKind.Number:
                    values[name] = new(element.GetDouble(), null);
                    break;
                default:
                    values[name] = new(null, element.ToString());
                    break;
            }
        }
    }

    private static string At(string unitId, long step, int epoch, string name) =>
        string.Create(CultureInfo.InvariantCulture, $"{unitId} step {step} epoch {epoch} {name}");
}
