namespace NasFarm.Analysis.Ensembles;

/// <summary>Information that lists of class labels share (spec/algorithms.md §16). Only ratios of entropies are formed, so the base of the logarithm
/// does not matter.</summary>
public static class Information
{
    /// <summary>Normalised mutual information I/√(H(p)·H(q)), 0 to 1; 0 where one list is constant.</summary>
    public static double Normalised(IReadOnlyList<int> p, IReadOnlyList<int> q)
    {
        var (hp, hq) = (Entropy(p), Entropy(q));
        return hp == 0 || hq == 0 ? 0 : Math.Clamp((hp + hq - Joint(p, q)) / Math.Sqrt(hp * hq), 0, 1);
    }

    /// <summary>Normalised variation of information 1 − I/H(p, q), 0 to 1; 0 where both lists are constant.</summary>
    public static double Variation(IReadOnlyList<int> p, IReadOnlyList<int> q)
    {
        var joint = Joint(p, q);
        return joint == 0 ? 0 : Math.Clamp(1 - (Entropy(p) + Entropy(q) - joint) / joint, 0, 1);
    }

    /// <summary>TDAC(p, q) = λ·VI(p, q) + (1 − λ)·½(MI(p, y) + MI(q, y)): diversity of two members, weighed against what both know of the labels y.
    /// λ from 0 to 1.</summary>
    public static double Tdac(IReadOnlyList<int> p, IReadOnlyList<int> q, IReadOnlyList<int> y, double lambda) =>
        lambda * Variation(p, q) + (1 - lambda) * (Normalised(p, y) + Normalised(q, y)) / 2;

    private static double Entropy(IReadOnlyList<int> labels) => Entropy(labels.CountBy(label => label).Select(c => c.Value), labels.Count);

    private static double Joint(IReadOnlyList<int> p, IReadOnlyList<int> q)
    {
        if (p.Count != q.Count || p.Count == 0) throw new ArgumentException($"The lists have {p.Count} and {q.Count} labels; they must have equally many, and at least one.");
        return Entropy(p.Zip(q).CountBy(pair => pair).Select(c => c.Value), p.Count);
    }

    // 0 exactly for one class: −1·log 1 is −0.
    private static double Entropy(IEnumerable<int> counts, int n) => Math.Abs(counts.Sum(c => -(double)c / n * Math.Log((double)c / n)));
}
