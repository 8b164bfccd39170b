using NasFarm.Analysis.Comparison;
using NasFarm.Farm.Manifests;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Access;

/// <summary>What submitting a manifest did.</summary>
/// <param name="Sweep">Id of the sweep.</param>
/// <param name="Name">Its name.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="AlreadyAccepted">The farm knew it: nothing is run twice.</param>
/// <param name="Runs">Its runs.</param>
/// <param name="Actions">What becomes of them: how many are new, reused, going on, failed or cancelled earlier.</param>
/// <param name="Changes">Those that failed or were cancelled earlier; they stay so.</param>
/// <param name="Paused">Who paused it and when; null: it is not paused.</param>
public sealed record SubmittedSweep(
    string Sweep, string Name, string Tenant, bool AlreadyAccepted, int Runs, IReadOnlyDictionary<PlanAction, int> Actions,
    IReadOnlyList<PlannedChange> Changes, string? Paused)
{
    private const int MostChanges = 100;

    /// <summary>Puts a plan and what accepting it did together.</summary>
    public static SubmittedSweep Of(SweepPlan plan, AcceptReport accepted) => new(
        plan.SweepId, plan.Name, plan.Tenant, accepted.AlreadyAccepted, plan.Runs.Count,
        Enum.GetValues<PlanAction>().ToDictionary(action => action, accepted.Diff.Count),
        [.. accepted.Diff.Runs.Where(r => r.Action is PlanAction.Failed or PlanAction.Cancelled).Take(MostChanges)], accepted.Paused);
}

/// <summary>What would run a manifest anew.</summary>
/// <param name="Generation">Submitted at this generation, all of it is new; submitted there again, it is the same sweep.</param>
/// <param name="Sweep">Id that it will have.</param>
public sealed record FreshManifest(int Generation, string Sweep);

/// <summary>From a manifest's text to a plan and a sweep.</summary>
public sealed partial class CallerFarm
{
    private const int MostGenerations = 1_000_000;

    /// <summary>What is wrong in a manifest; nothing: it could be submitted. Anybody who may read anything may ask.</summary>
    public IReadOnlyList<ManifestError> Check(string manifest)
    {
        try
        {
            Plan(manifest, generation: 0);
            return [];
        }
        catch (ManifestException wrong)
        {
            return wrong.Errors;
        }
    }

    /// <summary>What a manifest would run, what its number of seeds can show, and what the farm already knows. Nothing is timed and nothing changes.
    /// A viewer of the manifest's tenant may. Throws <see cref="ManifestException"/> with every error of the text.</summary>
    public async Task<PlanReport> PlanAsync(string manifest, bool fresh, CancellationToken cancel = default)
    {
        var plan = await PlanAsync(manifest, fresh, Role.Viewer, cancel);
        var accept = await AcceptableAsync(() => farm.Store.PreviewAsync(plan, cancel));
        var looks = plan.Looks is null ? null : SequentialLooks.PlanWithRatios(plan.Looks, plan.Comparison.Alpha);
        return PlanReport.Of(plan, CostEstimate.Of(plan, farm.Data, costs: null), accept.Diff, looks);
    }

    /// <summary>The generation at which a manifest would run anew. A viewer of its tenant may ask. Throws <see cref="ManifestException"/> likewise.</summary>
    public async Task<FreshManifest> FindFreshAsync(string manifest, CancellationToken cancel = default)
    {
        Must(Role.Viewer, Plan(manifest, generation: 0).Tenant);
        var (generation, plan) = await FreshGeneration.FindAsync(at => Plan(manifest, at), farm.Store, cancel);
        return new(generation, plan.SweepId);
    }

    /// <summary>Takes a sweep in. The same manifest again is the same sweep. A submitter of its tenant may. Throws
    /// <see cref="ManifestException"/> with every error of the text.</summary>
    /// <param name="manifest">YAML.</param>
    /// <param name="fresh">Run everything anew under new ids, even what the farm already knows. Repeated, it runs everything anew once more.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<SubmittedSweep> SubmitAsync(string manifest, bool fresh, CancellationToken cancel = default) =>
        await SubmitAsync(await PlanAsync(manifest, fresh, Role.Submitter, cancel), cancel);

    /// <summary>Takes a sweep in at a generation: <see cref="FreshManifest"/>. Repeated, it is the same sweep.</summary>
    /// <param name="manifest">YAML.</param>
    /// <param name="generation">0 is the manifest itself.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<SubmittedSweep> SubmitAsync(string manifest, int generation, CancellationToken cancel = default)
    {
        if (generation is < 0 or > MostGenerations)
            throw RefusedException.Invalid("bad-generation", $"generation is {generation}; it must be 0 to {MostGenerations}.");
        var plan = Plan(manifest, generation);
        Must(Role.Submitter, plan.Tenant);
        return await SubmitAsync(plan, cancel);
    }

    private async Task<SubmittedSweep> SubmitAsync(SweepPlan plan, CancellationToken cancel) => SubmittedSweep.Of(plan,
        await RecordedAsync("submit", plan.Tenant, plan.SweepId, null, () => AcceptableAsync(() => farm.Host.SubmitAsync(plan, cancel)), cancel));

    /// <summary>The role is asked for before the store is: what it knows of another tenant's runs is not told.</summary>
    private async Task<SweepPlan> PlanAsync(string manifest, bool fresh, Role least, CancellationToken cancel)
    {
        var plan = Plan(manifest, generation: 0);
        Must(least, plan.Tenant);
        return fresh ? await FreshGeneration.PlanAsync(generation => Plan(manifest, generation), farm.Store, cancel) : plan;
    }

    private SweepPlan Plan(string manifest, int generation) =>
        Planner.Plan(ManifestReader.Read(manifest), farm.Data, farm.CodeVersion, new PlanOptions(generation));

    /// <summary>A plan may draw from runs that are nowhere.</summary>
    private static async Task<AcceptReport> AcceptableAsync(Func<Task<AcceptReport>> ask)
    {
        try
        {
            return await ask();
        }
        catch (InvalidDataException missing)
        {
            throw RefusedException.Invalid("missing-sources", missing.Message);
        }
    }
}
