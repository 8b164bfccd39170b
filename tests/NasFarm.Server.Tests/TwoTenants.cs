using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests;
using NasFarm.Server.Access;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Server.Tests;

/// <summary>A farm of tenant <c>lab</c> with sweep <c>ours</c> and of tenant <c>rival</c> with sweep <c>theirs</c>.</summary>
internal static class TwoTenants
{
    public const string Lab = "lab", Rival = "rival", Ours = "ours", Theirs = "theirs";

    /// <summary>First phases of a run each.</summary>
    public const string OurUnit = "darts-s1-p00", TheirUnit = "sgas-s1-p00";

    public static async Task FillAsync(IFarmStore store)
    {
        await store.AcceptAsync(PlanOf(Lab, Ours, Run("darts", 1), Run("darts", 2), Run("drnas", 1)));
        await store.AcceptAsync(PlanOf(Rival, Theirs, Run("sgas", 1), Run("sgas", 2)));
    }

    public static SweepPlan PlanOf(string tenant, string sweepId, params PlannedRun[] runs) =>
        Plan(sweepId, [.. runs.Select(run => run with { Spec = run.Spec with { Tenant = tenant } })]) with { Tenant = tenant };

    public static Caller Of(string tenant, Role role) => new($"id-{tenant}-{role}", $"{role} of {tenant}", new Dictionary<string, Role> { [tenant] = role });

    /// <summary>A manifest that the fake data sets can plan.</summary>
    public static string Manifest(string tenant = Lab) => System.IO.File.ReadAllText(RepositoryFile.Path("manifests/quickstart.yaml"))
        .Replace("metadata:\n", $"metadata:\n  tenant: {tenant}\n", StringComparison.Ordinal);
}
