namespace NasFarm.Catalog.EarlyStopping;

/// <summary>Where a rule fires.</summary>
/// <param name="Epoch">Epoch of the measurement that fires it.</param>
/// <param name="ReturnTo">Epoch whose state it returns.</param>
/// <param name="Ratio">Local average now / local average δ measurements ago.</param>
/// <param name="LocalAverage">The average now.</param>
public sealed record RuleTrigger(int Epoch, int ReturnTo, double Ratio, double LocalAverage)
{
    /// <summary>The average δ measurements ago.</summary>
    public double EarlierAverage => LocalAverage / Ratio;
}

/// <summary>One measurement as the rule saw it.</summary>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Value">λmax.</param>
/// <param name="LocalAverage">Average with it; null while too few exist, or where the rule skips it.</param>
/// <param name="Ratio">Null while no test is allowed.</param>
/// <param name="Fires">The ratio is above the factor.</param>
/// <param name="Skipped">It lies off the rule's grid of epochs: neither averaged nor tested.</param>
public readonly record struct ReplayStep(int Epoch, double Value, double? LocalAverage, double? Ratio, bool Fires, bool Skipped);

/// <summary>A stretch of measurements under one average.</summary>
/// <param name="Start">First epoch.</param>
/// <param name="Trigger">The first time the rule fires: where the phase, or the search, would have ended; null: never.</param>
/// <param name="Steps">Every measurement, those after the trigger too.</param>
public sealed record PhaseReplay(int Start, RuleTrigger? Trigger, IReadOnlyList<ReplayStep> Steps);

/// <summary>A rule held against a recorded trajectory. A pure function: where it would have stopped if nothing had changed the search before.</summary>
/// <param name="Trajectory">Its name.</param>
/// <param name="Rule">Name of the rule.</param>
/// <param name="Applied">The rule as it was applied; its spacing may be wider than the rule's own.</param>
/// <param name="Phases">One, or one per phase where the rule begins anew after each decision.</param>
/// <param name="Notes">What a reader must know of this replay, in sentences.</param>
public sealed record RuleReplay(
    string Trajectory, string Rule, EarlyStoppingRule Applied, IReadOnlyList<PhaseReplay> Phases, IReadOnlyList<string> Notes)
{
    /// <summary>Where it fires first; null: never.</summary>
    public RuleTrigger? Trigger => Phases.Select(p => p.Trigger).FirstOrDefault(t => t is not null);

    /// <summary>Phases in which it fires.</summary>
    public int Triggered => Phases.Count(p => p.Trigger is not null);

    /// <summary>Replays. A trajectory measured more often than the rule asks is read at the rule's spacing, from its first measurement on; one
    /// measured less often widens the rule's spacing to the next multiple of its own, unless somebody asked for the spacing: then
    /// <see cref="ArgumentException"/>. What lies off the grid (RobustDARTS' last epoch, 49) is shown and not tested, as in the released code.</summary>
    public static RuleReplay Of(NamedRule named, LambdaTrajectory trajectory)
    {
        var notes = new List<string>();
        var rule = named.Rule;
        var measuredEvery = trajectory.Spacing;
        if (measuredEvery is int spacing and > 0 && rule.Every % spacing != 0)
        {
            if (named.EveryIsGiven)
                throw new ArgumentException($"every is {rule.Every}, but {trajectory.Name} is measured every {spacing} epochs; it must be a multiple of {spacing}.");
            rule = rule with { Every = (rule.Every + spacing - 1) / spacing * spacing };
            notes.Add($"Measured every {spacing} epochs, so the rule's measurements are {rule.Every} epochs apart instead of {named.Rule.Every}.");
        }
        else if (measuredEvery < rule.Every)
        {
            notes.Add($"Measured every {(measuredEvery == 1 ? "epoch" : $"{measuredEvery} epochs")}; the rule reads one measurement every {rule.Every} epochs.");
        }

        // A rule without phases follows the search that its end descends from: epochs that rollbacks undid are not part of it.
        IReadOnlyList<LambdaPhase> phases = named.PerPhase ? trajectory.Phases : [new(trajectory.Phases[0].Start, trajectory.Kept())];
        if (!named.PerPhase && trajectory.Phases.Count > 1)
            notes.Add("The search decided edges on the way: λmax of fewer and fewer alphas is read as one trajectory.");
        var replayed = phases.Select(p => Phase(rule, p, notes)).ToList();
        if (replayed.All(p => p.Steps.All(s => s.Ratio is null)))
            notes.Add($"Too short for a test: the rule needs {rule.Delta + (rule.Window + 1) / 2} measurements and epoch {phases[0].Start + rule.EsStart + rule.Rollback}.");
        return new(trajectory.Name, named.Name, rule, replayed, [.. notes.Distinct()]);
    }

    private static PhaseReplay Phase(EarlyStoppingRule rule, LambdaPhase phase, List<string> notes)
    {
        var origin = phase.Measurements.Count > 0 ? phase.Measurements[0].Epoch : 0;
        bool IsRead(LambdaMeasurement m) => (m.Epoch - origin) % rule.Every == 0;
        var tracker = LambdaMaxTracker.Of(rule, phase.Start, [.. phase.Measurements.Where(IsRead)]);
        var steps = new List<ReplayStep>(phase.Measurements.Count);
        RuleTrigger? trigger = null;
        int read = 0, last = origin;
        foreach (var measurement in phase.Measurements)
        {
            var (epoch, value) = measurement;
            if (!IsRead(measurement))
            {
                steps.Add(new(epoch, value, null, null, Fires: false, Skipped: true));
                continue;
            }
            if (epoch - last > rule.Every)
                notes.Add($"Nothing was measured between epochs {last} and {epoch}: averages count measurements, so near this gap they and the returned epoch mean more epochs than the rule does.");
            last = epoch;
            var decision = tracker.After(++read);
            steps.Add(new(epoch, value, decision.LocalAverage, decision.Ratio, decision.Stop, Skipped: false));
            if (trigger is null && decision is { StopEpoch: { } back, Ratio: { } ratio, LocalAverage: { } average })
                trigger = new(epoch, back, ratio, average);
        }
        if (phase.Measurements.Count > 1 && phase.Measurements[^1].Epoch is var end && steps[^1].Skipped && end - last < rule.Every && IsTheOnlyOne(steps))
            notes.Add($"Epoch {end} lies off the grid of every {rule.Every} epochs: shown, not tested.");
        if (steps.Any(s => s.Ratio is { } ratio && (s.LocalAverage <= 0 || ratio <= 0 || !double.IsFinite(ratio))))
            notes.Add("Some averages are 0 or below; their ratios are formed as in the released code, and say nothing about growth.");
        if (trigger is { ReturnTo: var returned } && phase.Measurements.All(m => m.Epoch != returned))
            notes.Add($"The rule returns to epoch {returned}, which was not measured.");
        return new(phase.Start, trigger, steps);
    }

    // A thinned trajectory skips regularly; only a lone measurement off the grid is worth a sentence.
    private static bool IsTheOnlyOne(List<ReplayStep> steps) => steps.Count(s => s.Skipped) == 1;
}
