using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

/// <summary>Poison units and bad slots.</summary>
public abstract partial class FarmStoreConformance
{
    private static SlotInfo On(string host) => Slot with { SlotId = $"{host}/1/cpu-0", Owner = $"{host}/1", Host = host };

    [StoreFact]
    public async Task A_unit_that_fails_in_one_way_on_two_hosts_is_quarantined_and_a_retry_frees_it()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        Assert.IsType<AttemptEnding.Retry>(await FailOnAsync("a", "darts-s1-p00", FailureReason.NativeCrash, "the trainer died by signal 11"));

        Assert.Equal(new AttemptEnding.Failed(Quarantined: true), await FailOnAsync("b", "darts-s1-p00", FailureReason.OutOfMemory, "CUDA out of memory"));

        var run = await Store.StatusAsync("s1", "darts-s1");
        Assert.Equal((SeedRunState.Failed, "quarantined"), (run.State, run.Reason));
        Assert.Equal(
            "search phase 0: CUDA out of memory; 2 of 3 attempts used; quarantined: it failed 2 times in the same way (device) on 2 slots: a/cpu-0, b/cpu-0; 'nasfarm retry' frees it",
            run.ReasonText);
        Assert.Null(await Store.ClaimAsync(["darts-s1-p00"], On("c"), Lease));
        Assert.Equal(1, (await Store.RetryFailedAsync("s1", "op-1"))!.RetriedUnits);
        Assert.Empty(await Store.ReadQuarantineAsync(new HashSet<AttemptKey>()));
        Assert.IsType<AttemptEnding.Retry>(await FailOnAsync("c", "darts-s1-p00", FailureReason.NativeCrash, "again"));
    }

    [StoreFact]
    public async Task A_unit_whose_lease_was_lost_twice_is_quarantined_unless_it_made_progress()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2)) with { MaxAttempts = 3 });
        for (var times = 0; times < 3; times++)
        {
            var claim = await Store.MustClaimAsync("darts-s1-p00");
            await Store.RecordStartedAsync(claim.Key, Started(claim.Key.Fence, times));
            await Store.AppendAsync(claim.Key, [Checkpoint(claim.Key.UnitId, claim.Key.Fence, times + 1)]);
            Clock.Advance(Lease + TimeSpan.FromSeconds(1));
            Assert.IsType<AttemptEnding.Retry>(Assert.Single(await Store.ExpireLeasesAsync()).Ending);
        }

        foreach (var expected in new AttemptEnding[] { new AttemptEnding.Retry(default), new AttemptEnding.Failed(Quarantined: true) })
        {
            await Store.MustClaimAsync("darts-s2-p00");
            Clock.Advance(Lease + TimeSpan.FromSeconds(1));
            Assert.Equal(expected.GetType(), Assert.Single(await Store.ExpireLeasesAsync()).Ending.GetType());
        }
        Assert.Contains("its host or lease was lost 2 times without progress, on host/cpu-0", (await Store.StatusAsync("s1", "darts-s2")).ReasonText, StringComparison.Ordinal);
    }

    [StoreFact]
    public async Task A_unit_in_quarantine_is_read_with_what_repeats_it()
    {
        await Store.AcceptAsync(Plan("s1", Run("sgas", 1)));
        await Store.FinishSearchAsync("sgas-s1-p00", finished: false);
        foreach (var host in new[] { "a", "b" })
            await FailOnAsync(host, "sgas-s1-p01", FailureReason.TrainerError, $"broken on {host}", "last words");

        var unit = Assert.Single(await Store.ReadQuarantineAsync(new HashSet<AttemptKey>()));

        Assert.Equal((new AttemptKey("sgas-s1-p01", 2), "sgas-s1", "0.1.0+test"), (unit.Key, unit.RunId, unit.CodeVersion));
        Assert.Equal(("sgas", 1), (unit.Unit.SeedRun.Method, unit.Unit.Phase));
        Assert.Equal([File("sgas-s1-p00", 1, 2, end: true)], unit.ResumeFrom);
        Assert.Equal([("a", "broken on a"), ("b", "broken on b")], unit.Attempts.Select(a => (a.Host, a.Message!)));
        Assert.Equal(["last words"], unit.Attempts[1].Log);
        Assert.Empty(await Store.ReadQuarantineAsync(new HashSet<AttemptKey> { unit.Key }));
    }

    [StoreFact]
    public async Task A_full_disk_backs_off_longer_and_longer_and_quarantines_nothing()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)) with { MaxAttempts = 4 });
        var pauses = new List<double>();
        foreach (var host in new[] { "a", "b", "c" })
        {
            var retry = Assert.IsType<AttemptEnding.Retry>(await FailOnAsync(host, "darts-s1-p00", FailureReason.DiskFull, "no space left on device"));
            pauses.Add((retry.NotBefore - Clock.GetUtcNow()).TotalMinutes);
            Clock.Advance(retry.NotBefore - Clock.GetUtcNow());
        }

        Assert.Equal([1, 2, 4], pauses);
        Assert.Empty((await Store.ReadSlotsAsync()).Exclusions);
    }

    [StoreFact]
    public async Task A_slot_where_three_runs_in_a_row_end_by_the_device_is_excluded_longer_and_longer_until_one_succeeds()
    {
        await Store.AcceptAsync(Plan("s1", [.. Enumerable.Range(1, 9).Select(seed => Run("darts", seed))]));
        await Store.AnnounceSlotsAsync([Slot], TimeSpan.FromHours(10));
        var next = 1;
        foreach (var minutes in new[] { 5, 10 })
        {
            AttemptEnding ending;
            do
            {
                ending = await FailOnAsync("host", $"darts-s{next++}-p00", FailureReason.NativeCrash, "signal 11");
                Clock.Advance(TimeSpan.FromSeconds(1));
            }
            while (ending.SlotExcluded is null);
            Assert.Equal(("host/cpu-0", TimeSpan.FromMinutes(minutes)), (ending.SlotExcluded.Place, ending.SlotExcluded.Until - ending.SlotExcluded.From));
            Assert.Null(await Store.ClaimAsync(["darts-s9-p00"], Slot, Lease));
            Assert.NotNull(await Store.ClaimAsync(["darts-s9-p00"], On("other"), TimeSpan.FromSeconds(-1)));
            await Store.ExpireLeasesAsync();
            var state = Assert.Single((await Store.ReadSlotsAsync()).Slots);
            Assert.Equal(("excluded", ending.SlotExcluded), (state.State, state.Excluded));
            var wait = Scheduler.Rank(await Store.ReadSnapshotAsync()).Waits.First(w => w.Reason == WaitReason.SlotsClosed);
            Assert.Equal(ending.SlotExcluded.Until, wait.ExpectedStart);
            Clock.Advance(TimeSpan.FromMinutes(minutes));
        }
        Assert.Equal(5, next);   // three, and then one more

        await Store.FinishSearchAsync("darts-s8-p00");

        Assert.Null((await FailOnAsync("host", "darts-s7-p00", FailureReason.NativeCrash, "signal 11")).SlotExcluded);
        Assert.Empty((await Store.ReadSlotsAsync()).Exclusions);
    }

    [StoreFact]
    public async Task A_person_opens_an_excluded_slot()
    {
        await Store.AcceptAsync(Plan("s1", [.. Enumerable.Range(1, 4).Select(seed => Run("darts", seed))]));
        foreach (var seed in new[] { 1, 2, 3 })
            await FailOnAsync("host", $"darts-s{seed}-p00", FailureReason.NumericsMismatch, "avx2 is not avx512");
        Assert.Equal("host/cpu-0", Assert.Single((await Store.ReadSlotsAsync()).Exclusions).Place);

        Assert.True(await Store.UncordonAsync("host"));

        Assert.Empty((await Store.ReadSlotsAsync()).Exclusions);
        Assert.NotNull(await Store.ClaimAsync(["darts-s4-p00"], Slot, Lease));
    }

    private async Task<AttemptEnding> FailOnAsync(string host, string unitId, FailureReason reason, string message, params string[] log)
    {
        var waits = (await Store.ReadSnapshotAsync()).Waiting.Single(u => u.UnitId == unitId).NotBefore - Clock.GetUtcNow();
        Clock.Advance(waits > TimeSpan.Zero ? waits : TimeSpan.Zero);
        var claim = await Store.MustClaimAsync(unitId, host == "host" ? Slot : On(host));
        return await Store.EndAttemptAsync(claim.Key, reason, message, log);
    }
}
