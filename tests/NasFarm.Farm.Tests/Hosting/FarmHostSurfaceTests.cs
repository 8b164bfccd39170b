using System.Reflection;
using NasFarm.Farm.Hosting;

namespace NasFarm.Farm.Tests.Hosting;

/// <summary>Engines outside this build stand on <see cref="IFarmHost"/>: the cluster's is built only where its packages are served.</summary>
public sealed class FarmHostSurfaceTests
{
    private static readonly string[] Surface =
    [
        "Task<CancelReport> CancelAsync(Target target, String operationId, CancellationToken cancel)",
        "Task<PauseReport> PauseAsync(Target target, String by, String operationId, CancellationToken cancel)",
        "Task<SweepAggregate> ReadAggregateAsync(String sweepId, CancellationToken cancel)",
        "Task<ResumeReport> ResumeAsync(Target target, String operationId, CancellationToken cancel)",
        "Task<RetryReport> RetryFailedAsync(Target target, String operationId, CancellationToken cancel)",
        "Task<PriorityReport> SetPriorityAsync(String sweepId, Int32 priority, String operationId, CancellationToken cancel)",
        "Task<AcceptReport> SubmitAsync(SweepPlan plan, CancellationToken cancel)",
        "IAsyncEnumerable<SweepNews> WatchAsync(String sweepId, Nullable<MovePosition> after, CancellationToken cancel)",
    ];

    [Fact]
    public void The_interface_of_engines_is_as_recorded()
    {
        string[] found = [.. typeof(IFarmHost).GetMembers().Cast<MethodInfo>().OrderBy(m => m.Name, StringComparer.Ordinal).Select(m =>
            $"{Name(m.ReturnType)} {m.Name}({string.Join(", ", m.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}"))})")];

        Assert.True(Surface.SequenceEqual(found),
            $"IFarmHost has changed:\n{string.Join('\n', found)}\nRun tests/NasFarm.Orleans.Tests where Microsoft.Orleans is served, and record the change here.");
    }

    private static string Name(Type type) =>
        type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;
}
