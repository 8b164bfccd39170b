using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;

namespace NasFarm.Farm.Tests.Coordination;

public sealed class RetryPolicyTests
{
    public static TheoryData<FailureReason, int, bool, RetryDecision> Cases => new()
    {
        { FailureReason.NativeCrash, 0, false, Retry(1) },
        { FailureReason.NativeCrash, 1, false, Retry(2) },
        { FailureReason.NativeCrash, 2, true, new RetryDecision.GiveUp() },
        { FailureReason.OutOfMemory, 1, false, Retry(2) },
        { FailureReason.TrainerError, 0, false, Retry(1) },
        { FailureReason.DiskFull, 1, false, Retry(120) },
        { FailureReason.LeaseLost, 0, false, Retry(0) },
        { FailureReason.LeaseLost, 2, false, new RetryDecision.GiveUp() },
        { FailureReason.LeaseLost, 2, true, Retry(0, counts: false) },
        { FailureReason.HostStopping, 2, false, Retry(0, counts: false) },
        { FailureReason.Preempted, 2, false, Retry(0, counts: false) },
        { FailureReason.Paused, 2, false, Retry(0, counts: false) },
        { FailureReason.Cancelled, 2, false, Retry(0, counts: false) },
        { FailureReason.ArtifactsUnavailable, 2, false, Retry(60, counts: false) },
        { FailureReason.NumericsMismatch, 2, false, new RetryDecision.Hold() },
        { FailureReason.BadSpec, 0, false, new RetryDecision.GiveUp() },
        { FailureReason.DataMissing, 0, false, new RetryDecision.GiveUp() },
        { FailureReason.CheckpointMissing, 0, false, new RetryDecision.GiveUp() },
        { FailureReason.WallLimit, 0, true, new RetryDecision.GiveUp() },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Each_reason_has_its_consequence_of_three_attempts(FailureReason reason, int failures, bool madeProgress, RetryDecision expected) =>
        Assert.Equal(expected, RetryPolicy.OnEnding(reason, failures, maxAttempts: 3, madeProgress));

    [Fact]
    public void Backoff_has_a_ceiling() =>
        Assert.Equal(Retry(60), RetryPolicy.OnEnding(FailureReason.NativeCrash, failures: 40, maxAttempts: 100, madeProgress: false));

    [Fact]
    public void Every_reason_is_in_the_table() =>
        Assert.Empty(Enum.GetValues<FailureReason>().Except(Cases.Select(c => (FailureReason)((object[])c)[0])));

    [Fact]
    public void The_documentation_shows_the_table_as_it_is()
    {
        var shown = File.ReadAllLines(RepositoryFile.Path("docs/how-it-works/recovery.md"))
            .SkipWhile(line => !line.StartsWith("| an attempt ended by", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'));

        Assert.Equal(RetryPolicy.Table.Select(Row), shown);
        Assert.Equal(Enum.GetValues<FailureReason>().Order(), RetryPolicy.Table.Select(row => row.Reason).Order());
    }

    private static string Row(ErrorPolicy row)
    {
        var pause = row switch
        {
            { Then: not Consequence.Retry } => "–",
            { MostSeconds: 0 } => "none",
            _ when row.FirstSeconds == row.MostSeconds => $"{row.FirstSeconds} s",
            _ => $"{row.FirstSeconds} s, doubling to {row.MostSeconds} s",
        };
        var then = row.Then switch { Consequence.Retry => "tried again", Consequence.Hold => "held", _ => "fails" };
        var counts = row.Counts switch { Counting.Always => "yes", Counting.WithoutProgress => "without progress", _ => "no" };
        return $"| `{Word(row.Reason)}` | {row.Class.ToString().ToLowerInvariant()} | {then} | {pause} | {counts} | {(row.BlamesSlot ? "yes" : "no")} | {(row.MayBePoison ? "yes" : "no")} |";
    }

    private static string Word(FailureReason reason) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(reason.ToString());

    private static RetryDecision.Retry Retry(int seconds, bool counts = true) => new(TimeSpan.FromSeconds(seconds), counts);
}
