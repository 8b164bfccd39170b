using NasFarm.Cli.Tests.Programs;

namespace NasFarm.Cli.Tests.Kills;

/// <summary>What happens to a sweep in execution.</summary>
public enum Blow
{
    /// <summary>kill -9 of the program that a person started.</summary>
    KillOrchestrator,

    /// <summary>kill -9 of the trainers.</summary>
    KillTrainer,

    /// <summary>kill -9 of both.</summary>
    KillBoth,

    /// <summary>The program sleeps for longer than its lease and wakes up.</summary>
    Suspend,

    /// <summary>The program sleeps, another one takes over and finishes, the first wakes up.</summary>
    SuspendBesideRival,

    /// <summary>Ctrl-C.</summary>
    Interrupt,

    /// <summary>SIGTERM.</summary>
    Terminate,
}

/// <summary>A blow at a moment: when a unit has left so many durable rows. Drawn from a seed alone.</summary>
internal sealed record Disturbance(Blow Blow, ReferenceUnit Unit, long Rows)
{
    /// <param name="random">Of the printed seed.</param>
    /// <param name="blow">What happens.</param>
    /// <param name="units">Units that may be hit.</param>
    public static Disturbance Draw(Random random, Blow blow, IReadOnlyList<ReferenceUnit> units)
    {
        var unit = units[random.Next(units.Count)];
        // From the claim to just before the end: a blow that comes after a sweep's last row would hit nothing.
        return new(blow, unit, random.NextInt64(unit.Rows * 3 / 4));
    }

    /// <summary>The same blow halfway between the claim and this moment; for a sweep that was over before the blow fell.</summary>
    public Disturbance Sooner() => this with { Rows = Rows / 2 };

    public override string ToString() => $"{Blow} at row {Rows} of {Unit.Rows} of {Unit}";

    /// <summary>Runs the manifest, strikes at the moment, and sees the program end as it should. False: the last units were quicker than the
    /// blow, and the program had ended well before it fell.</summary>
    public async Task<bool> StrikeAsync(Workplace place, string manifest)
    {
        using var running = place.Start(["run", manifest, "--slots", "2"]);
        Assert.True(await Eventually.Holds(() => running.HasEnded || FarmRows.Reached(place.Database, Unit.UnitId, Rows)), $"{this}: the moment never came.");
        if (Blow is Blow.KillTrainer or Blow.KillBoth)
            await Eventually.Holds(() => running.HasEnded || place.Trainers.Count > 0);
        if (running.HasEnded)
        {
            var early = await running.EndAsync();
            Assert.True(early.ExitCode == ExitCodes.Done, $"{this}: the program ended before the moment: {early}");
            return false;
        }
        var victims = place.Trainers;
        switch (Blow)
        {
            case Blow.KillOrchestrator:
                running.Send(Signals.Kill);
                break;
            case Blow.KillTrainer:
                foreach (var trainer in victims)
                    Signals.Send(trainer, Signals.Kill);
                break;
            case Blow.KillBoth:
                running.Send(Signals.Kill);
                foreach (var trainer in victims)
                    Signals.Send(trainer, Signals.Kill);
                break;
            case Blow.Suspend or Blow.SuspendBesideRival:
                running.Send(Signals.Stop);
                Assert.True(await Eventually.Holds(() => FarmRows.AllLeasesAreOver(place.Database)), $"{this}: a lease outlives its owner.");
                if (Blow == Blow.SuspendBesideRival)
                {
                    // A program that sleeps in the middle of a write keeps the rival out; both finish after it wakes up.
                    var rival = await place.RunAsync("run", manifest, "--slots", "1");
                    Assert.True(rival.ExitCode is ExitCodes.Done or ExitCodes.Failed, $"{this}: the rival: {rival}");
                }
                running.Send(Signals.Continue);
                break;
            case Blow.Interrupt:
                running.Send(Signals.Interrupt);
                break;
            case Blow.Terminate:
                running.Send(Signals.Terminate);
                break;
        }
        var ended = await running.EndAsync();
        var expected = Blow switch
        {
            Blow.KillOrchestrator or Blow.KillBoth => 128 + Signals.Kill,
            Blow.Interrupt or Blow.Terminate => ExitCodes.Interrupted,
            _ => ExitCodes.Done,
        };
        if (expected != ExitCodes.Done && ended.ExitCode == ExitCodes.Done)
            return false;
        // A moment that has passed already strikes at once, perhaps before the program listens to signals: then nothing has begun.
        var signal = Blow == Blow.Interrupt ? Signals.Interrupt : Signals.Terminate;
        if (expected == ExitCodes.Interrupted && ended.ExitCode == 128 + signal && ended.Errors.Length == 0)
            return true;
        Assert.True(ended.ExitCode == expected, $"{this}: expected exit code {expected}: {ended}");
        if (expected == ExitCodes.Interrupted && !ended.Errors.Contains("Stopped before any work began.", StringComparison.Ordinal))
            Assert.Contains($"nasfarm run {manifest}", ended.Errors, StringComparison.Ordinal);
        return true;
    }
}
