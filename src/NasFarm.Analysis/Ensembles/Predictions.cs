using System.Globalization;
using NasFarm.Analysis.Csv;

namespace NasFarm.Analysis.Ensembles;

/// <summary>Class labels that the members of an ensemble predicted for the same images.</summary>
public sealed class Predictions
{
    private readonly int classes;

    /// <summary>Labels count from 0. Throws <see cref="ArgumentException"/> when a member has another number of images, or there is no image or member.</summary>
    /// <param name="names">Names of the members.</param>
    /// <param name="labels">True labels, [images].</param>
    /// <param name="members">Predicted labels, [members][images].</param>
    public Predictions(IReadOnlyList<string> names, int[] labels, int[][] members)
    {
        if (labels.Length == 0 || members.Length == 0 || names.Count != members.Length)
            throw new ArgumentException($"There are {labels.Length} images, {members.Length} members and {names.Count} names; an ensemble needs an image and a member, and a name for each.");
        if (members.Index().FirstOrDefault(m => m.Item.Length != labels.Length) is { Item: { } wrong, Index: var at })
            throw new ArgumentException($"Member {names[at]} has {wrong.Length} predictions for {labels.Length} images.");
        if (labels.Concat(members.SelectMany(m => m)).Min() < 0)
            throw new ArgumentException("Class labels count from 0; there is a negative one.");
        (Names, Labels, Members, classes) = (names, labels, members, 1 + labels.Concat(members.SelectMany(m => m)).Max());
    }

    /// <summary>Names of the members.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>True labels, [images].</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>Predicted labels, [members][images].</summary>
    public IReadOnlyList<IReadOnlyList<int>> Members { get; }

    /// <summary>Reads a row per image: a column <c>label</c>, every other column a member; a column <c>image</c> or <c>id</c> is passed over. Labels may be
    /// words; as numbers they keep their order, which breaks ties of votes. Throws <see cref="InvalidDataException"/> with file and line.</summary>
    public static Predictions Read(CsvFile csv)
    {
        var label = csv.Column("label", "target", "truth", "y");
        int?[] passed = [label, csv.Find("image"), csv.Find("id"), csv.Find("index")];
        var columns = csv.Header.Index().Where(h => !passed.Contains(h.Index) && h.Item.Length > 0).ToList();
        if (columns.Count == 0) throw csv.Wrong(1, $"there is no member: every column but label is one; columns are {string.Join(", ", csv.Header)}.");
        foreach (var row in csv.Rows)
            foreach (var column in columns.Select(c => c.Index).Append(label))
                if (row.Cells[column].Length == 0) throw csv.Wrong(row.Line, $"{csv.Header[column]} is empty; every member needs a class label for every image.");

        var words = csv.Rows.SelectMany(r => columns.Select(c => r.Cells[c.Index]).Append(r.Cells[label])).Distinct().ToList();
        var numbers = words.All(w => int.TryParse(w, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));
        var classes = (numbers ? words.OrderBy(w => int.Parse(w, CultureInfo.InvariantCulture)) : words.Order(StringComparer.Ordinal))
            .Index().ToDictionary(w => w.Item, w => w.Index);
        return new([.. columns.Select(c => c.Item)], [.. csv.Rows.Select(r => classes[r.Cells[label]])],
            [.. columns.Select(c => csv.Rows.Select(r => classes[r.Cells[c.Index]]).ToArray())]);
    }

    /// <summary>Share of images that one member gets right.</summary>
    public double Accuracy(int member) => Share(image => Members[member][image] == Labels[image]);

    /// <summary>Share of images that the members get right together, a vote each (uniform weights, ".O" in the paper). Of classes with equally many
    /// votes the first one wins.</summary>
    public double Accuracy(IReadOnlyCollection<int> members) => Share(image => Vote(members, image) == Labels[image]);

    /// <summary>Share of images on which two members predict different classes.</summary>
    public double Disagreement(int a, int b) => Share(image => Members[a][image] != Members[b][image]);

    /// <summary>Mean disagreement over pairs of members; null below two.</summary>
    public double? Diversity(IReadOnlyCollection<int> members)
    {
        int[] all = [.. members];
        return all.Length < 2 ? null
            : (from i in Enumerable.Range(0, all.Length) from j in Enumerable.Range(i + 1, all.Length - i - 1) select Disagreement(all[i], all[j])).Average();
    }

    private int Vote(IReadOnlyCollection<int> members, int image)
    {
        var votes = new int[classes];
        foreach (var member in members) votes[Members[member][image]]++;
        return Array.IndexOf(votes, votes.Max());
    }

    private double Share(Func<int, bool> holds) => (double)Enumerable.Range(0, Labels.Count).Count(holds) / Labels.Count;
}
