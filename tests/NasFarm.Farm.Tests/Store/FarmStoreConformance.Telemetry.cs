using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

/// <summary>What a store says for those who measure.</summary>
public abstract partial class FarmStoreConformance
{
    [StoreFact]
    public async Task A_census_counts_runs_by_method_units_by_state_and_slots()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2), Run("sgas", 1), Run("sgas", 2)));
        await Store.AcceptAsync(Plan("s2", Run("darts", 1)));
        await Store.AnnounceSlotsAsync([Slot, Twin], Lease);
        await Store.FinishSearchAsync("sgas-s1-p00");
        await Store.MustClaimAsync("darts-s1-p00");
        await Store.EndAttemptAsync((await Store.MustClaimAsync("sgas-s2-p00", Twin)).Key, FailureReason.NativeCrash, "signal 11", []);

        var census = await Store.ReadCensusAsync();

        // The run that two sweeps share counts in both.
        Assert.Equal([("finished", "sgas", 1), ("open", "darts", 3), ("open", "sgas", 1)],
            census.Runs.Select(of => (of.State, of.Method, of.Count)).Order());
        Assert.Equal([("backing-off", 1), ("ready", 1), ("running", 1)], census.Units.Select(of => (of.State, of.Count)).Order());
        Assert.Equal([("busy", 1), ("free", 1)], census.Slots.Select(of => (of.State, of.Count)).Order());
        Assert.Equal((2, 0), (census.Workers, census.Quarantined));
    }

    [StoreFact]
    public async Task A_claim_says_how_the_attempt_before_ended_and_the_first_one_nothing()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        Clock.Advance(TimeSpan.FromSeconds(5));
        var first = await Store.MustClaimAsync("darts-s1-p00");
        Clock.Advance(TimeSpan.FromSeconds(20));
        await Store.EndAttemptAsync(first.Key, FailureReason.Preempted, "another unit needs the slot", []);
        Clock.Advance(TimeSpan.FromSeconds(3));

        var second = await Store.MustClaimAsync("darts-s1-p00");

        Assert.Equal((TimeSpan.FromSeconds(5), null), (first.Waited, first.After));
        Assert.Equal((TimeSpan.FromSeconds(3), new PastEnding(FailureReason.Preempted, TimeSpan.FromSeconds(3))), (second.Waited, second.After));
    }

    [StoreFact]
    public async Task An_attempt_that_is_revoked_says_what_its_time_was_good_for()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2)));
        var saved = await Store.MustClaimAsync("darts-s1-p00");
        await Store.RecordStartedAsync(saved.Key, Started(1));
        Clock.Advance(TimeSpan.FromSeconds(10));
        await Store.AppendAsync(saved.Key, [Checkpoint("darts-s1-p00", 1, 1)]);
        Clock.Advance(TimeSpan.FromSeconds(4));
        await Store.MustClaimAsync("darts-s2-p00", Slot with { SlotId = "host/cpu-1" });
        Clock.Advance(TimeSpan.FromSeconds(1));

        var ended = await Store.RevokeAsync(Slot.Owner, "gone");

        Assert.Equal([new AttemptUse("cpu", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5)), new AttemptUse("cpu", TimeSpan.Zero, TimeSpan.FromSeconds(1))],
            ended.OrderBy(lease => lease.Key.UnitId, StringComparer.Ordinal).Select(lease => lease.Use));
    }

    [StoreFact]
    public async Task Training_that_was_done_again_with_another_value_is_counted_and_times_are_not()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var first = await Store.MustClaimAsync("darts-s1-p00");
        await Store.RecordStartedAsync(first.Key, Started(1));
        await Store.AppendAsync(first.Key,
            [Metric(1, 0, "train_loss", 2), Metric(1, 1, "train_loss", 1.5), Metric(1, 1, "lambda_max", double.NaN), Metric(1, 1, "epoch_seconds", 3, timing: true)]);
        await Store.EndAttemptAsync(first.Key, FailureReason.Preempted, "another unit needs the slot", []);
        var second = await Store.MustClaimAsync("darts-s1-p00");
        await Store.RecordStartedAsync(second.Key, Started(2, trained: 1));
        await Store.AppendAsync(second.Key, [Metric(2, 1, "train_loss", 1.5), Metric(2, 1, "lambda_max", double.NaN), Metric(2, 1, "epoch_seconds", 4, timing: true)]);
        Assert.Equal(0, await Store.CountRedoneDifferentlyAsync(second.Key));

        await Store.AppendAsync(second.Key, [Metric(2, 2, "train_loss", 1)]);
        await Store.EndAttemptAsync(second.Key, FailureReason.Preempted, "another unit needs the slot", []);
        var third = await Store.MustClaimAsync("darts-s1-p00");
        await Store.RecordStartedAsync(third.Key, Started(3, trained: 2));
        await Store.AppendAsync(third.Key, [Metric(3, 2, "train_loss", 1.25)]);

        Assert.Equal(1, await Store.CountRedoneDifferentlyAsync(third.Key));
    }
}
