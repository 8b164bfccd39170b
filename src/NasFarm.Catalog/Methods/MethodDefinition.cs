using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Methods;

/// <summary>A search method: what it is, where it may be used, its settings and the shape of its search.</summary>
public sealed record MethodDefinition
{
    /// <summary>Name in manifests, e.g. <c>sgas-es</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Name for people.</summary>
    public required string Title { get; init; }

    /// <summary>Paper and specification section.</summary>
    public required string Source { get; init; }

    /// <summary>One paragraph.</summary>
    public required string Idea { get; init; }

    /// <summary>Spaces it may search, by name.</summary>
    public IReadOnlyList<string> Spaces { get; init; } = [.. SearchSpaces.All.Select(s => s.Name)];

    /// <summary>Its settings, in the order of importance.</summary>
    public required IReadOnlyList<HyperparameterDefinition> Settings { get; init; }

    /// <summary>It searches with a supernet; false for methods that only name a cell.</summary>
    public bool Trains { get; init; } = true;

    /// <summary>It trains architecture logits; false for methods that choose among sampled cells: their logits stay 0, rest, and are in no metric.</summary>
    public bool LearnsAlphas { get; init; } = true;

    /// <summary>A phase may go back to any of its epochs, so every checkpoint of a running one stays.</summary>
    public bool RollsBack { get; init; }

    /// <summary>How the logits of an edge become the weights of its operations.</summary>
    public MixtureFunction Mixture { get; init; } = MixtureFunction.Softmax;

    /// <summary>It trains a logit per edge (β) beside those of the operations; their softmax divides a node's sum among its edges
    /// (<see cref="EdgeNormalisation"/>). By default: none, every edge counts alike.</summary>
    public bool NormalisesEdges { get; init; }

    /// <summary>One channel in so many goes through the operations of the supernet (PC-DARTS, spec/algorithms.md §5). By default 1: all do.</summary>
    public Func<Hyperparameters, int> PartialChannels { get; init; } = _ => 1;

    /// <summary>Layers with the first cell's alphas that a network must have: 1, or 2 where layers are compared.</summary>
    public int LeastNormalLayers { get; init; } = 1;

    /// <summary>A step of it takes as long as one of DARTS of the same order: SGAS and what is made of it.</summary>
    public bool StepsLikeDarts { get; init; }

    /// <summary>Numerics revision by space; a space that is not listed is at 1.</summary>
    public IReadOnlyDictionary<string, int> Revisions { get; init; } = new Dictionary<string, int>();

    /// <summary>Revision 2 on <c>robust-s4</c>: both ends of a finite difference see the same noise.</summary>
    internal static IReadOnlyDictionary<string, int> SameNoise { get; } = new Dictionary<string, int> { ["robust-s4"] = 2 };

    /// <summary>Checks between settings in a space.</summary>
    internal Func<Hyperparameters, SearchSpace, IEnumerable<HyperparameterProblem>> Relations { get; init; } = (_, _) => [];

    /// <summary>Rewrites settings that have many spellings for one meaning, so that ids do not depend on the spelling.</summary>
    internal Func<Hyperparameters, SearchSpace, Hyperparameters> Canonicalize { get; init; } = (settings, _) => settings;

    /// <summary>The search phases that these settings give in a space.</summary>
    public required Func<Hyperparameters, SearchSpace, PhasePlan> Phases { get; init; }

    /// <summary>Sentences about what is wrong with a network size for this method; empty when it can be searched. The space has its own
    /// (<see cref="SearchSpace.CheckSize"/>).</summary>
    /// <param name="settings">Resolved settings.</param>
    /// <param name="space">The space.</param>
    /// <param name="channels">Initial channels.</param>
    /// <param name="cells">Cells, or cells of a stage.</param>
    public IEnumerable<string> CheckSize(Hyperparameters settings, SearchSpace space, int channels, int cells)
    {
        if (space.NormalLayers(cells) is var normal && normal < LeastNormalLayers)
        {
            var enough = Enumerable.Range(cells, 100).First(more => space.NormalLayers(more) >= LeastNormalLayers);
            yield return $"cells is {cells}, which makes {normal} normal layer in space '{space}'; {Name} compares such layers and needs {LeastNormalLayers}: take {enough} cells or more.";
        }
        // A strided skip connection of the DARTS cell makes two halves of the channels that it sees.
        var (partial, multiple) = (PartialChannels(settings), PartialChannels(settings) * (space.Family == SpaceFamily.Darts ? 2 : 1));
        if (partial > 1 && channels % multiple != 0)
            yield return $"channels is {channels}; {Name} sends one channel in {partial} through the operations and needs a multiple of {multiple} in space '{space}'.";
    }

    /// <summary>Integer per method and space, raised whenever results change on purpose; part of every id.</summary>
    public int NumericsRevision(string spaceName) => Revisions.GetValueOrDefault(spaceName, 1) + SearchSpaces.Get(spaceName).NumericsChanges;

    /// <summary>Every setting with its value in the space. Throws <see cref="HyperparameterException"/> with all problems, and
    /// <see cref="ArgumentException"/> for a space the method does not search.</summary>
    public Hyperparameters Resolve(string spaceName, IReadOnlyDictionary<string, object>? overrides = null)
    {
        var space = SearchSpaces.Get(spaceName);
        if (!Spaces.Contains(spaceName))
            throw new ArgumentException($"Method '{Name}' does not search space '{spaceName}'; it searches {string.Join(", ", Spaces)}.");
        var resolved = Methods.Settings.Resolve($"Method '{Name}'", Settings, spaceName, overrides, h => Relations(h, space));
        return Canonicalize(resolved, space);
    }
}
