using FsCheck;
using FsCheck.Fluent;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

/// <summary>Random sequences of operations against a model that fits on a page.</summary>
public abstract partial class FarmStoreConformance
{
    /// <summary>How many sequences are tried: fewer where each step costs round trips.</summary>
    protected virtual int Sequences => 30;

    [StoreFact]
    public void Any_sequence_of_operations_agrees_with_the_model()
    {
        var number = 0;
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => Play(number++, bytes).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Sequences).WithStartSize(20).WithEndSize(160));
    }

    /// <summary>Two bytes an operation: what, and on which. Each sequence has runs of its own in the one store.</summary>
    private async Task Play(int number, byte[] bytes)
    {
        PlannedRunPair runs = new(Run($"m{number}", 1, retrains: 1), Run($"m{number}", 2, retrains: 1));
        await Store.AcceptAsync(Plan($"s{number}", runs.First, runs.Second) with { MaxAttempts = 1000 });
        var model = new StoreModel(Clock.GetUtcNow(), [$"{runs.First.RunId}-p00", $"{runs.Second.RunId}-p00"]);

        foreach (var (what, which) in bytes.Chunk(2).Where(c => c.Length == 2).Select(c => (c[0], c[1])))
            await Step(model, what, which);

        // Whatever happened, no unit is lost: each can be brought to its end, once.
        while (model.Units.FirstOrDefault(u => !u.Value.Done) is { Key: { } unitId, Value: var unit })
        {
            Clock.Advance(TimeSpan.FromMinutes(2));
            await Store.ExpireLeasesAsync();
            model.Expire(Clock.GetUtcNow());
            await Claim(model, unitId);
            Assert.Equal(FenceAnswer.Held, await Complete(model, new(unitId, unit.Fence)));
        }
        Assert.Equal(new SweepCounts(2, 2, 0, 0, 0, 0), await Store.ReadCountsAsync($"s{number}"));
        await CompareRows(model, [runs.First.RunId, runs.Second.RunId]);
    }

    private async Task Step(StoreModel model, byte what, byte which)
    {
        var unitIds = model.Units.Keys.Order(StringComparer.Ordinal).ToList();
        var attempt = model.Attempts.Count == 0 ? default : model.Attempts[which % model.Attempts.Count];
        var holds = attempt.UnitId is not null && model.Units[attempt.UnitId].IsOwnedBy(attempt.Fence);
        var expected = holds ? FenceAnswer.Held : FenceAnswer.FenceLost;
        switch (what % 9)
        {
            case 0 or 1:
                await Claim(model, unitIds[which % unitIds.Count]);
                break;
            case 2:
                Clock.Advance(TimeSpan.FromSeconds(which % 40));
                Assert.Equal(
                    model.Expire(Clock.GetUtcNow()).Order(StringComparer.Ordinal),
                    (await Store.ExpireLeasesAsync()).Select(e => e.Key.UnitId).Order(StringComparer.Ordinal));
                break;
            case var _ when attempt.UnitId is null:
                break;
            case 3:
                Assert.Equal(expected, await Store.RenewAsync(attempt, Lease));
                if (holds)
                    model.Units[attempt.UnitId].LeaseUntil = Clock.GetUtcNow() + Lease;
                break;
            case 4:
                var trained = which % 4;
                Assert.Equal(expected, await Store.RecordStartedAsync(attempt, Started(attempt.Fence, trained)));
                if (holds)
                    model.Units[attempt.UnitId].Start(attempt.Fence, trained);
                break;
            case 5 or 6:
                var step = which % 5;
                var rows = new TrainerEvent[] { Metric(attempt.Fence, step, "loss", Value(attempt, step)), Metric(attempt.Fence, step, "acc", step) };
                Assert.Equal(expected, await Store.AppendAsync(attempt, rows));
                if (holds)
                    model.Units[attempt.UnitId].Rows[step] = attempt.Fence;
                break;
            case 7:
                Assert.Equal(holds || model.Units[attempt.UnitId].CompletedAt(attempt.Fence) ? FenceAnswer.Held : FenceAnswer.FenceLost, await Complete(model, attempt));
                break;
            default:
                var ending = await Store.EndAttemptAsync(attempt, which % 2 == 0 ? FailureReason.NativeCrash : FailureReason.HostStopping, "ended", []);
                Assert.Equal(holds, ending is AttemptEnding.Retry);
                if (ending is AttemptEnding.Retry retry)
                    model.Units[attempt.UnitId].Release(retry.NotBefore);
                break;
        }
    }

    private async Task Claim(StoreModel model, string unitId)
    {
        var unit = model.Units[unitId];
        var claim = await Store.ClaimAsync([unitId], Slot, Lease);
        Assert.Equal(unit.MayBeClaimed(Clock.GetUtcNow()), claim is not null);
        if (claim is null)
            return;
        Assert.Equal(unit.Fence + 1, claim.Key.Fence);
        unit.Claim(Clock.GetUtcNow() + Lease);
        model.Attempts.Add(claim.Key);
    }

    private async Task<FenceAnswer> Complete(StoreModel model, AttemptKey attempt)
    {
        var unit = model.Units[attempt.UnitId];
        var isRetrain = !attempt.UnitId.Contains("-p0", StringComparison.Ordinal);
        var isLastPhase = attempt.UnitId.EndsWith("-p01", StringComparison.Ordinal);
        var answer = await Store.CompleteAsync(
            attempt, isRetrain ? RetrainDone(attempt.UnitId, attempt.Fence) : SearchDone(attempt.UnitId, attempt.Fence, finished: isLastPhase), []);
        if (unit.IsOwnedBy(attempt.Fence))
        {
            unit.Finish();
            if (!isRetrain)
                model.Enqueue(isLastPhase ? attempt.UnitId[..^4] + "-t0" : attempt.UnitId[..^4] + "-p01", Clock.GetUtcNow());
        }
        return answer;
    }

    private async Task CompareRows(StoreModel model, string[] runIds)
    {
        foreach (var runId in runIds)
        {
            var history = (await Store.EffectiveHistoryAsync(runId))!.Split('\n');
            var loss = history.Where(line => line.StartsWith("metric", StringComparison.Ordinal) && line.Contains(" loss ", StringComparison.Ordinal));
            var expected = new[] { "-p00", "-p01", "-t0" }.Select(suffix => runId + suffix).SelectMany(unitId => model.Units[unitId].Rows
                .OrderBy(r => r.Key).Select(r => FormattableString.Invariant($"metric {r.Key} {r.Key} loss {Value(new(unitId, r.Value), r.Key):R}")));
            Assert.Equal(expected, loss);
        }
    }

    private static double Value(AttemptKey attempt, int step) => attempt.Fence + step / 10.0;

    private sealed record PlannedRunPair(Farm.Plans.PlannedRun First, Farm.Plans.PlannedRun Second);
}

/// <summary>What a store must remember, without a database.</summary>
internal sealed class StoreModel
{
    public StoreModel(DateTimeOffset now, IEnumerable<string> units)
    {
        foreach (var unit in units)
            Enqueue(unit, now);
    }

    public Dictionary<string, ModelUnit> Units { get; } = [];

    public List<AttemptKey> Attempts { get; } = [];

    public void Enqueue(string unitId, DateTimeOffset now) => Units.Add(unitId, new(now));

    public List<string> Expire(DateTimeOffset now)
    {
        var expired = Units.Where(u => u.Value.LeaseUntil < now).ToList();
        expired.ForEach(u => u.Value.Release(now));
        return [.. expired.Select(u => u.Key)];
    }
}

internal sealed class ModelUnit(DateTimeOffset notBefore)
{
    private DateTimeOffset notBefore = notBefore;

    public long Fence { get; private set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    public bool Done { get; private set; }

    /// <summary>Fence of the effective row by step.</summary>
    public Dictionary<int, long> Rows { get; } = [];

    public bool IsOwnedBy(long fence) => LeaseUntil is not null && Fence == fence;

    public bool CompletedAt(long fence) => Done && Fence == fence;

    public bool MayBeClaimed(DateTimeOffset now) => LeaseUntil is null && !Done && notBefore <= now;

    public void Claim(DateTimeOffset until)
    {
        Fence++;
        LeaseUntil = until;
    }

    public void Release(DateTimeOffset at) => (LeaseUntil, notBefore) = (null, at);

    public void Finish() => (LeaseUntil, Done) = (null, true);

    public void Start(long fence, int trained)
    {
        foreach (var step in Rows.Where(r => r.Key >= trained && r.Value < fence).Select(r => r.Key).ToList())
            Rows.Remove(step);
    }
}
