namespace NasFarm.Analysis.Comparison;

/// <summary>Accuracy of guessing, in percent: what a diverged run scores (spec/retraining-and-data.md §7; NB201 C10: 10.0).</summary>
public static class ChanceAccuracy
{
    private static readonly Dictionary<string, int> Classes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["cifar-10"] = 10, ["cifar10"] = 10, ["c10"] = 10,
        ["cifar-100"] = 100, ["cifar100"] = 100, ["c100"] = 100,
        ["emnist-balanced"] = 47, ["fashion-mnist"] = 10, ["kmnist"] = 10, ["mnist"] = 10, ["svhn"] = 10,
        ["imagenet16-120"] = 120, ["in16"] = 120,
    };

    /// <summary>By data set name, or by the first part of a table column (<c>c10_test_200</c>); null for an unknown one.</summary>
    public static double? Of(string dataOrColumn) =>
        Classes.TryGetValue(dataOrColumn, out var classes) || Classes.TryGetValue(dataOrColumn.Split('_')[0], out classes) ? 100.0 / classes : null;
}
