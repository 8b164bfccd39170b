using System.Text;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Tables;

namespace NasFarm.Analysis.Ensembles;

/// <summary>An ensemble of some members.</summary>
/// <param name="Method"><c>all</c>, or the way it was pruned.</param>
/// <param name="Members">Names of those that stay.</param>
/// <param name="Accuracy">Of their vote, in percent.</param>
/// <param name="Diversity">Mean pairwise disagreement, 0 to 1; null below two members.</param>
public sealed record PrunedEnsemble(string Method, IReadOnlyList<string> Members, double Accuracy, double? Diversity)
{
    /// <summary>Votes of the members of those indices.</summary>
    public static PrunedEnsemble Of(string method, Predictions predictions, IReadOnlyList<int> kept) =>
        new(method, [.. kept.Select(m => predictions.Names[m])], 100 * predictions.Accuracy(kept), predictions.Diversity(kept));
}

/// <summary>Ensembles beside the whole one and its members.</summary>
/// <param name="Images">Images predicted.</param>
/// <param name="Members">Accuracy of each member alone, in percent.</param>
/// <param name="Ensembles">The whole one first.</param>
public sealed record PruningReport(int Images, IReadOnlyDictionary<string, double> Members, IReadOnlyList<PrunedEnsemble> Ensembles)
{
    /// <summary>Puts the whole ensemble before the pruned ones.</summary>
    public static PruningReport Of(Predictions predictions, IEnumerable<PrunedEnsemble> pruned) => new(
        predictions.Labels.Count, predictions.Names.Index().ToDictionary(n => n.Item, n => 100 * predictions.Accuracy(n.Index)),
        [PrunedEnsemble.Of("all", predictions, [.. Enumerable.Range(0, predictions.Members.Count)]), .. pruned]);

    /// <summary>For the terminal.</summary>
    public string ToText()
    {
        var table = new TextTable("ensemble", "members", "accuracy in %", "disagreement");
        foreach (var e in Ensembles) table.Row(e.Method, $"{e.Members.Count}", Numbers.Points(e.Accuracy), Numbers.Short(e.Diversity));
        var text = new StringBuilder($"{Images} images; votes of equal weight, disagreement: mean over pairs of members\n\n").Append(table).Append('\n');
        foreach (var e in Ensembles.Skip(1)) text.Append(TextTable.Wrap($"{e.Method} keeps {string.Join(", ", e.Members)}", ComparisonText.Width));
        return text.Append(TextTable.Wrap(
            $"alone, in %: {string.Join(", ", Members.Select(m => $"{m.Key} {Numbers.Points(m.Value)}"))}", ComparisonText.Width)).ToString();
    }
}
