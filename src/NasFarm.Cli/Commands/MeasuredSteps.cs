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

    public double? SearchStepSeconds(SeedRunSpec run, int batchSize) => Search(run, batchSize).Step;

    public double? LambdaMaxSeconds(SeedRunSpec run, int batchSize) => Search(run, batchSize).LambdaMax;

    public double? RetrainStepSeconds(SpaceSpec space, RetrainSpec target) =>
        retrains.TryGetValue((space, target), out var known) ? known : retrains[(space, target)] = clock.RetrainStep(space, target);

    private (double Step, double LambdaMax) Search(SeedRunSpec run, int batchSize)
    {
        // Methods of one space differ in the order of the α gradient only; decided edges make later steps cheaper, never dearer.
        var kind = run.Hyperparameters.TryGetValue("order", out var order) ? $"order {order}" : "first order";
        var key = (kind, run.Space, run.Data, batchSize);
        return searches.TryGetValue(key, out var known) ? known : searches[key] = clock.SearchStep(run, batchSize);
    }
}
