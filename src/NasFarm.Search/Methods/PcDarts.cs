using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Genotypes;
using NasFarm.Search.Phases;

namespace NasFarm.Search.Methods;

/// <summary>PC-DARTS (spec/algorithms.md §5): a quarter of the channels goes through the mixed operations, the rest goes past them, and the channels are
/// shuffled (<see cref="Supernets.PartialChannels"/>); a node's sum is divided among its edges by the softmax of a logit each, β, which the
/// architecture step moves with α (<see cref="Supernets.EdgeLogits"/>). First order; no architecture step in the first epochs. The genotype
/// comes from softmax(α) times the edge's share; on NAS-Bench-201, which keeps every edge, the shares steer the training alone. λmax is
/// measured over α at the current β, not over both: so it means the same as for every other method.</summary>
public sealed class PcDarts : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "pc-darts";

    /// <inheritdoc/>
    public Genotype Genotype(SearchRun run) =>
        Discretisation.Normalised(run.Space, run.Unit.SeedRun.NoneRule, run.State.Alphas.Values(), run.State.Alphas.Edges!.Values());
}
