using NasFarm.Analysis.Statistics;

namespace NasFarm.Analysis.Ensembles;

/// <summary>How PAP reads the change of error when a member is removed.</summary>
public enum PapSign
{
    /// <summary>As meant: keep a member whose removal raises the error.</summary>
    Intent,

    /// <summary>As the released code computes it: keep a member whose removal lowers the error.</summary>
    Released,
}

/// <summary>SAEP's ways to prune an ensemble (arXiv 1910.00370; spec/algorithms.md §16). Each gives the members that stay, ascending. AdaNet prunes
/// so before every new candidate; here they are functions of predictions.</summary>
public static class EnsemblePruning
{
    /// <summary>PRS: with probability ½ one random member goes; all stay where there are two or fewer.</summary>
    public static IReadOnlyList<int> Prs(int members, CounterRandom random)
    {
        var gone = members > 2 && random.Index(0, 2) == 0 ? random.Index(1, members) : -1;
        return [.. Enumerable.Range(0, members).Where(m => m != gone)];
    }

    /// <summary>PAP: a member stays when the ensemble errs more without it, err(without) − err(all) &gt; 0. When none does, the two most accurate stay,
    /// the first of equals. An only member stays.</summary>
    public static IReadOnlyList<int> Pap(Predictions predictions, PapSign sign = PapSign.Intent)
    {
        int[] all = [.. Enumerable.Range(0, predictions.Members.Count)];
        if (all.Length == 1) return all;
        var accuracy = predictions.Accuracy(all);
        int[] kept =
        [
            .. all.Where(m =>
            {
                var lost = accuracy - predictions.Accuracy([.. all.Where(other => other != m)]);   // err(without) − err(all)
                return sign == PapSign.Intent ? lost > 0 : lost < 0;
            }),
        ];
        return kept.Length > 0 ? kept : [.. all.OrderByDescending(m => predictions.Accuracy(m)).Take(2).Order()];
    }

    /// <summary>PIE: from a first member on, the one with the largest Σ TDAC to those chosen joins, the first of equals, until
    /// <paramref name="keep"/> are in. Throws <see cref="ArgumentOutOfRangeException"/> for a first member or number that cannot be.</summary>
    /// <param name="predictions">Of all members.</param>
    /// <param name="first">Index of the first; the paper draws it.</param>
    /// <param name="keep">Members that stay; null: all but one, as in the paper, and at least one.</param>
    /// <param name="lambda">Weight of diversity in TDAC, 0 to 1.</param>
    public static IReadOnlyList<int> Pie(Predictions predictions, int first, int? keep = null, double lambda = 0.5)
    {
        var n = predictions.Members.Count;
        var wanted = keep ?? Math.Max(1, n - 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)first, (uint)n, nameof(first));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(wanted - 1), (uint)(n - 1), nameof(keep));
        if (!(lambda is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(lambda), lambda, "TDAC's λ must be from 0 to 1.");
        var chosen = new List<int> { first };
        var sums = new double[n];
        while (chosen.Count < wanted)
        {
            for (var m = 0; m < n; m++) sums[m] += Information.Tdac(predictions.Members[chosen[^1]], predictions.Members[m], predictions.Labels, lambda);
            chosen.Add(Enumerable.Range(0, n).Except(chosen).MaxBy(m => sums[m]));
        }
        return [.. chosen.Order()];
    }
}
