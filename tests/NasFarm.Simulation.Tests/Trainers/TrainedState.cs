using System.Globalization;
using System.Text;
using NasFarm.Catalog.Units;
using NasFarm.Simulation.Tests.World;

namespace NasFarm.Simulation.Tests.Trainers;

/// <summary>Everything a simulated training has in memory, and all that its checkpoints hold. The value is a function of the run and of
/// every step since its beginning: whoever resumes from a wrong state never has a right one again.</summary>
/// <param name="Trained">Epochs trained; never rewinds.</param>
/// <param name="Epoch">Rewinds with a rollback.</param>
/// <param name="InUnit">Epochs of this unit that the state descends from.</param>
/// <param name="Half">1 in the middle of an epoch.</param>
/// <param name="Value">Stands for the weights.</param>
internal readonly record struct TrainedState(long Trained, int Epoch, int InUnit, int Half, ulong Value)
{
    public static TrainedState New(UnitSpec unit) => new(0, 0, 0, 0, Dice.Of($"{Name(unit)} {unit.Genotype} {unit.RetrainSeed}"));

    /// <summary>Half an epoch later.</summary>
    public TrainedState Train()
    {
        var value = Dice.Mix(Value + (ulong)(2 * Trained + Half));
        return Half == 0 ? this with { Half = 1, Value = value } : new(Trained + 1, Epoch + 1, InUnit + 1, 0, value);
    }

    public string Text(string unitId, bool end) =>
        string.Create(CultureInfo.InvariantCulture, $"{unitId} {Trained} {Epoch} {InUnit} {Half} {Value:x} {(end ? "end" : "open")}");

    /// <summary>Reads a checkpoint. Null: it is missing or has other content than the reference says.</summary>
    public static (TrainedState State, string UnitId)? Read(CheckpointRef file)
    {
        if (!File.Exists(file.Path))
            return null;
        var text = File.ReadAllText(file.Path);
        if (Hash(text) != file.Sha256)
            return null;
        var words = text.Split(' ');
        return (new(long.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture),
            int.Parse(words[3], CultureInfo.InvariantCulture), int.Parse(words[4], CultureInfo.InvariantCulture),
            ulong.Parse(words[5], NumberStyles.HexNumber, CultureInfo.InvariantCulture)), words[0]);
    }

    public static string Hash(string text) => Dice.Of(text).ToString("x16", CultureInfo.InvariantCulture);

    public static long Bytes(string text) => Encoding.ASCII.GetByteCount(text);

    private static string Name(UnitSpec unit) => $"{unit.SeedRun.Method} {unit.SeedRun.SearchSeed}";
}

/// <summary>How long a simulated unit trains and how it ends: functions of the science.</summary>
internal static class TrainingPlan
{
    public const string Doomed = "doomed";

    /// <summary>May its search go back to an earlier epoch?</summary>
    public static bool RollsBack(UnitSpec unit) => unit is { Kind: UnitKind.Search, SeedRun.Method: "sgas-es" or "sgas-es-placebo" };

    public static int Phases(SeedRunSpec run) => run.Method switch { "darts" => 1, "sgas" => 3, _ => 2 };

    public static bool Diverges(UnitSpec unit) => unit is { Kind: UnitKind.Search, SeedRun.Method: "darts", SeedRun.SearchSeed: 3 };

    /// <summary>Epochs until the unit ends, and the epoch whose state it ends with; null: the last.</summary>
    public static (int Epochs, int? ReturnTo) Course(UnitSpec unit)
    {
        var draw = Dice.Of($"{unit.SeedRun.Method} {unit.SeedRun.SearchSeed} {unit.Kind} {unit.Phase} {unit.RetrainSeed}");
        var cap = 1 + (int)(draw % 3);
        if (unit.Kind == UnitKind.Retrain || !RollsBack(unit))
            return (cap, null);
        if (unit.SeedRun.Method == "sgas-es-placebo")
        {
            var stop = unit.PlaceboStops?.ElementAtOrDefault(unit.Phase);
            return stop is { TriggerAfter: { } after, ReturnTo: var to } ? (after + 1, to) : (cap + 1, null);
        }
        var last = (int)((draw >> 8) % (ulong)(cap + 1));
        return (draw >> 40) % 3 > 0 ? (last + 1, (int)((draw >> 16) % (ulong)(last + 1))) : (cap + 1, null);
    }
}
