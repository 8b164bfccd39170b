using NasFarm.Analysis.Statistics;

namespace NasFarm.Analysis.Comparison;

/// <summary>One p value of a comparison.</summary>
/// <param name="Name">The test, e.g. <c>Brown–Forsythe</c>.</param>
/// <param name="Subject">What was tested, e.g. <c>sgas-es / darts, table c10_test_200</c>.</param>
/// <param name="Statistic">F, r, τ or the smaller discordant count, by test.</param>
/// <param name="P">Two-sided, uncorrected.</param>
/// <param name="Primary">The predeclared one, which stays out of the correction.</param>
public sealed record PValue(string Name, string Subject, double Statistic, double P, bool Primary)
{
    /// <summary>Holm's adjusted p over everything in the sweep but the primary test, shown or not; null for the primary.</summary>
    public double? Adjusted { get; internal set; }

    /// <summary>The p to read: adjusted, or the primary's own.</summary>
    public double Read => Adjusted ?? P;
}

/// <summary>Collects every p value of a sweep, then corrects them together.</summary>
internal sealed class TestFamily
{
    private readonly List<PValue> members = [];

    public IReadOnlyList<PValue> Members => members;

    public PValue? Add(string name, string subject, TestResult? test, bool primary = false)
    {
        if (test is not var (statistic, p)) return null;
        var member = new PValue(name, subject, statistic, p, primary);
        members.Add(member);
        return member;
    }

    public void Correct()
    {
        var secondary = members.Where(m => !m.Primary).ToList();
        foreach (var (member, adjusted) in secondary.Zip(Holm.Adjust([.. secondary.Select(m => m.P)]))) member.Adjusted = adjusted;
    }
}
