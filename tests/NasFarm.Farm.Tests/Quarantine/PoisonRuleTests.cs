using NasFarm.Catalog.Units;
using NasFarm.Farm.Quarantine;
using static NasFarm.Catalog.Units.FailureReason;

namespace NasFarm.Farm.Tests.Quarantine;

public sealed class PoisonRuleTests
{
    public static TheoryData<string, (FailureReason, string)[], string?> Cases => new()
    {
        { "nothing yet", [], null },
        { "once", [(NativeCrash, "a/cpu-0")], null },
        { "twice on one slot", [(NativeCrash, "a/cpu-0"), (NativeCrash, "a/cpu-0")], null },
        { "twice on two slots", [(NativeCrash, "b/cpu-0"), (NativeCrash, "a/cpu-0")], "it failed 2 times in the same way (device) on 2 slots: a/cpu-0, b/cpu-0" },
        { "out of memory and a crash are one class", [(OutOfMemory, "b/cpu-0"), (NativeCrash, "a/cpu-0")], "it failed 2 times in the same way (device) on 2 slots: a/cpu-0, b/cpu-0" },
        { "an exception and a crash are two", [(TrainerError, "b/cpu-0"), (NativeCrash, "a/cpu-0")], null },
        { "an exception on two slots", [(TrainerError, "b/cpu-0"), (DiskFull, "c/cpu-0"), (TrainerError, "a/cpu-0")], "it failed 2 times in the same way (program) on 2 slots: a/cpu-0, b/cpu-0" },
        { "full disks are the hosts'", [(DiskFull, "b/cpu-0"), (DiskFull, "a/cpu-0")], null },
        { "lost once", [(LeaseLost, "a/cpu-0"), (NativeCrash, "b/cpu-0")], null },
        { "lost twice on one slot", [(LeaseLost, "a/cpu-0"), (LeaseLost, "a/cpu-0")], "its host or lease was lost 2 times without progress, on a/cpu-0" },
    };

    [Theory, MemberData(nameof(Cases))]
    public void A_unit_is_poison_when_it_fails_in_one_way_on_several_slots_or_brings_its_hosts_down(
        string because, (FailureReason, string)[] failures, string? sentence)
    {
        var verdict = PoisonRule.Verdict([.. failures.Select(f => new PastFailure(f.Item1, f.Item2))], maxAttempts: 3);

        Assert.True(sentence == verdict, $"{because}: {verdict}");
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(6, 4)]
    [InlineData(20, 13)]
    public void More_attempts_ask_for_more_failures(int maxAttempts, int needed) => Assert.Equal(needed, PoisonRule.Needed(maxAttempts));
}
