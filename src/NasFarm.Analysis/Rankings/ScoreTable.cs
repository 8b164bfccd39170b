using System.Globalization;
using NasFarm.Analysis.Csv;

namespace NasFarm.Analysis.Rankings;

/// <summary>Scores of several trainings of one supernet: the same children at the same moments in each.</summary>
/// <param name="Children">Names, in the order of the file.</param>
/// <param name="Instances">At least one.</param>
/// <param name="Groups">Group by child; empty without groups.</param>
public sealed record ScoreTable(IReadOnlyList<string> Children, IReadOnlyList<ScoreMatrix> Instances, IReadOnlyDictionary<string, string> Groups)
{
    private static readonly string[] Child = ["child", "architecture", "arch", "genotype", "model", "net"];
    private static readonly string[] Instance = ["instance", "seed", "run", "supernet"];
    private static readonly string[] Moment = ["moment", "epoch", "step", "minibatch", "batch"];
    private static readonly string[] Score = ["score", "accuracy", "valid_accuracy", "acc", "value"];

    /// <summary>Reads a row per child, moment and instance (columns <c>child</c>, <c>epoch</c>, <c>score</c>, and where there are several <c>instance</c>;
    /// <c>group</c> may stand too), or a row per child and instance with a column per moment, whose name is its number. Throws
    /// <see cref="InvalidDataException"/> that begins with file and line and says what would be right.</summary>
    public static ScoreTable Read(CsvFile csv)
    {
        var (child, instance, group) = (csv.Column(Child), csv.Find(Instance), csv.Find("group"));
        var cells = csv.Find(Score) is { } score ? Long(csv, child, instance, csv.Column(Moment), score) : Wide(csv, child, instance, group);
        var children = csv.Rows.Select(r => r.Cells[child]).Distinct().ToList();
        var moments = cells.Keys.Select(k => k.Moment).Distinct().Order().ToList();
        var instances = csv.Rows.Select(r => Name(r, instance)).Distinct().ToList();
        if (children.Count < 2) throw csv.Wrong(csv.Rows[0].Line, $"there is one child, '{children[0]}'; a ranking needs two.");
        return new(children, [.. instances.Select(i => new ScoreMatrix(i, children, moments, Matrix(csv, cells, i, children, moments)))], GroupsOf(csv, child, group));
    }

    /// <summary>True scores from a table with columns <c>child</c> and <c>score</c>, in the order of <see cref="Children"/>; rows of one child, trainings of
    /// their own, are averaged. Children that the scores do not have are passed over. Throws <see cref="InvalidDataException"/> likewise.</summary>
    public double[] Truth(CsvFile csv)
    {
        var (child, score) = (csv.Column(Child), csv.Column(Score));
        var known = csv.Rows.ToLookup(r => r.Cells[child], r => csv.Number(r, score));
        return [.. Children.Select(c => known.Contains(c) ? known[c].Average() : throw csv.Wrong(1, $"there is no row for child '{c}', which the scores have."))];
    }

    private static string Name(CsvRow row, int? column) => column is { } c ? row.Cells[c] : "all";

    private static Dictionary<(string Instance, string Child, int Moment), (double Score, int Line)> Long(CsvFile csv, int child, int? instance, int moment, int score)
    {
        var cells = new Dictionary<(string, string, int), (double, int)>();
        foreach (var row in csv.Rows) Add(csv, cells, row, (Name(row, instance), row.Cells[child], csv.Whole(row, moment)), csv.Number(row, score));
        return cells;
    }

    private static Dictionary<(string Instance, string Child, int Moment), (double Score, int Line)> Wide(CsvFile csv, int child, int? instance, int? group)
    {
        var moments = csv.Header.Index().Where(h => h.Index != child && h.Index != instance && h.Index != group)
            .Select(h => (h.Index, Moment: int.TryParse(h.Item, NumberStyles.None, CultureInfo.InvariantCulture, out var m) ? m
                : throw csv.Wrong(1, $"column '{h.Item}' is no moment; without a column 'score' every other column is one and its name a whole number."))).ToList();
        if (moments.Count == 0) throw csv.Wrong(1, $"there is neither a column 'score' nor one per moment; columns are {string.Join(", ", csv.Header)}.");
        var cells = new Dictionary<(string, string, int), (double, int)>();
        foreach (var row in csv.Rows)
            foreach (var (column, moment) in moments) Add(csv, cells, row, (Name(row, instance), row.Cells[child], moment), csv.Number(row, column));
        return cells;
    }

    private static void Add(
        CsvFile csv, Dictionary<(string Instance, string Child, int Moment), (double Score, int Line)> cells, CsvRow row, (string Instance, string Child, int Moment) key, double score)
    {
        if (!cells.TryAdd(key, (score, row.Line)))
            throw csv.Wrong(row.Line, $"child '{key.Child}' of instance {key.Instance} stands a second time at moment {key.Moment}, first in line {cells[key].Line}; a column instance or seed tells trainings apart.");
    }

    private static double[,] Matrix(
        CsvFile csv, Dictionary<(string Instance, string Child, int Moment), (double Score, int Line)> cells, string instance, List<string> children, List<int> moments)
    {
        var scores = new double[children.Count, moments.Count];
        foreach (var (c, child) in children.Index())
        {
            foreach (var (m, moment) in moments.Index())
            {
                scores[c, m] = cells.TryGetValue((instance, child, moment), out var cell) ? cell.Score
                    : throw csv.Wrong(1, $"instance {instance} has no score of child '{child}' at moment {moment}; every child needs one at every moment of every instance.");
            }
        }
        return scores;
    }

    private static Dictionary<string, string> GroupsOf(CsvFile csv, int child, int? group)
    {
        var groups = new Dictionary<string, string>();
        if (group is not { } column) return groups;
        foreach (var row in csv.Rows.Where(r => r.Cells[column].Length > 0))
        {
            if (!groups.TryAdd(row.Cells[child], row.Cells[column]) && groups[row.Cells[child]] != row.Cells[column])
                throw csv.Wrong(row.Line, $"child '{row.Cells[child]}' is in group '{row.Cells[column]}' here and in '{groups[row.Cells[child]]}' before; a child has one group.");
        }
        return groups;
    }
}
