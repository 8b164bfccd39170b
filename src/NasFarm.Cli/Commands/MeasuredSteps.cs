using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Plans;
using NasFarm.Search.Data;
using NasFarm.Search.Trainer;

namespace NasFarm.Cli.Commands;

/// <summary>Times a few real steps of each kind of work in a plan, once per kind.</summary>
internal sealed class MeasuredSteps(DataCatalog data, ExecutionSpec execution) : IStepCosts
{
    private readonly StepClock clock = new(data, execution, TimeProvider.System);
    private readonly Dictionary<(string Method, SpaceSpec, DataSpec, int), (double Step, double LambdaMax)> searches = [];
    private readonly Dictionary<(SpaceSpec, RetrainSpec), double> retrains = [];

    /// <summary>Whether this machine has the device.</summary>
    public static bool CanTime(string device) => StepClock.Has(device);

    public double? SearchStepSeconds(SeedRunSpec run, int batchSize) => Search(run, batchSize).Step;

    public double? LambdaMaxSeconds(SeedRunSpec run, int batchSize) => Search(run, batchSize).LambdaMax;

    public double? RetrainStepSeconds(SpaceSpec space, RetrainSpec target) =>
        retrains.TryGetValue((space, target), out var known) ? known : retrains[(space, target)] = clock.RetrainStep(space, target);

    private (double Step, double LambdaMax) Search(SeedRunSpec run, int batchSize)
    {
        // Decided edges make later steps cheaper, never dearer.
        var order = run.Hyperparameters.TryGetValue("order", out var given) ? given : 1L;
        var kind = MethodCatalog.Get(run.Method).StepsLikeDarts ? $"darts of order {order}" : $"{run.Method} {JsonSerializer.Serialize(run.Hyperparameters, CatalogJson.Compact)}";
        var key = (kind, run.Space, run.Data, batchSize);
        return searches.TryGetValue(key, out var known) ? known : searches[key] = clock.SearchStep(run, batchSize);
    }
}
