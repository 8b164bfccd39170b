using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Removal;

/// <summary>Where a cell is decided next: an undecided edge, of which one operation is to stay, or a node with too many edges.</summary>
/// <param name="Type">Index of the cell type.</param>
/// <param name="Index">Edge index, or target.</param>
/// <param name="IsNode">It is a target.</param>
public readonly record struct Place(int Type, int Index, bool IsNode);

/// <summary>What is taken out of a supernet to see how it does without.</summary>
/// <param name="Type">Index of the cell type.</param>
/// <param name="Edge">Edge index.</param>
/// <param name="Column">Column of the operation; null: the whole edge, which is decided.</param>
public readonly record struct Removed(int Type, int Edge, int? Column);

/// <summary>Removals that were compared, and which of them settled it.</summary>
/// <param name="Place">Where.</param>
/// <param name="Tried">What was taken out, one at a time.</param>
/// <param name="Harms">What each did to the network: the larger, the worse it does without.</param>
/// <param name="Chosen">Index of the operation that stays, or of the edge that goes.</param>
public sealed record RemovalRound(Place Place, IReadOnlyList<Removed> Tried, IReadOnlyList<double> Harms, int Chosen);

/// <summary>Selection by removal (DARTS-PT; spec/algorithms.md §20): the operation stays whose removal harms most, the first of equals; and once
/// every edge has its operation, of a node's edges the one goes whose removal harms least, the last of equals, until the in-degree is
/// met. Later questions see the answers to earlier ones. A pure function of the harms measured so far, so that an interrupted selection
/// goes on by itself.</summary>
/// <param name="Decisions">States after the questions that are answered.</param>
/// <param name="Rounds">The questions that are answered.</param>
/// <param name="Next">What must be taken out next; null: everything is answered.</param>
public sealed record RemovalSelection(IReadOnlyList<CellDecisions> Decisions, IReadOnlyList<RemovalRound> Rounds, Removed? Next)
{
    /// <summary>Decisions per cell type that a whole search takes: one per edge, then one per node with more edges than are kept.</summary>
    public static int DecisionsOf(SearchSpace space) =>
        space.Edges.Count + (space.InDegree is { } degree ? space.Targets.Count(t => space.EdgesInto(t).Count > degree) : 0);

    /// <summary>Where a cell can be decided: its undecided edges, and only when there are none its nodes with too many edges.</summary>
    public static IReadOnlyList<Place> Places(int type, CellDecisions cell)
    {
        var space = SearchSpaces.Get(cell.SpaceName);
        return cell.Complete
            ? [.. space.Targets.Where(t => Kept(space, cell, t).Count > space.InDegree).Select(t => new Place(type, t, IsNode: true))]
            : [.. cell.Candidates.Select(e => new Place(type, e, IsNode: false))];
    }

    /// <summary>Removals that deciding these places takes.</summary>
    public static int Count(IReadOnlyList<CellDecisions> start, IReadOnlyList<Place> places, NoneRule noneRule) => places.Sum(place =>
    {
        // A node asks again after every edge that went.
        var (first, degree) = (Question(start[place.Type], place, noneRule).Count, SearchSpaces.Get(start[place.Type].SpaceName).InDegree);
        return place.IsNode ? Enumerable.Range(degree!.Value + 1, first - degree.Value).Sum() : first;
    });

    /// <summary>Answers as many questions as the harms reach.</summary>
    /// <param name="start">States before the first question.</param>
    /// <param name="places">Decided one after the other.</param>
    /// <param name="noneRule">May NAS-Bench-201 keep <c>none</c>. A cell of the DARTS family never does.</param>
    /// <param name="harms">Harm of each removal so far, in the order in which <see cref="Next"/> asked for them.</param>
    public static RemovalSelection Of(
        IReadOnlyList<CellDecisions> start, IReadOnlyList<Place> places, NoneRule noneRule, IReadOnlyList<double> harms)
    {
        var (cells, rounds, used) = (start.ToArray(), new List<RemovalRound>(), 0);
        foreach (var place in places)
        {
            while (Question(cells[place.Type], place, noneRule) is { Count: > 0 } tried)
            {
                if (harms.Count - used < tried.Count)
                    return new(cells, rounds, tried[harms.Count - used]);
                double[] answers = [.. harms.Skip(used).Take(tried.Count)];
                used += tried.Count;
                var chosen = place.IsNode ? LastOfSmallest(answers) : Softmax.ArgMax(answers);
                rounds.Add(new(place, tried, answers, chosen));
                cells[place.Type] = place.IsNode ? Without(cells[place.Type], tried[chosen].Edge) : Keep(cells[place.Type], tried[chosen]);
            }
        }
        return new(cells, rounds, Next: null);
    }

    /// <summary>The states with one edge left out.</summary>
    public static CellDecisions Without(CellDecisions cell, int edge) => With(cell, edge, EdgeState.Pruned);

    /// <summary>The genotype in the middle of it, as the released code reads it: an edge counts by the weight of its best operation, a decided
    /// one by 1, and each node keeps its best; of equals the lower sources. NAS-Bench-201 has an operation on every edge.</summary>
    /// <param name="cells">States of every cell type.</param>
    /// <param name="alphas">Logits, <c>[cell type][edge][operation]</c>.</param>
    /// <param name="noneRule">May NAS-Bench-201 keep <c>none</c>.</param>
    public static Genotype ToGenotype(
        IReadOnlyList<CellDecisions> cells, IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> alphas, NoneRule noneRule)
    {
        var space = SearchSpaces.Get(cells[0].SpaceName);
        return new(space, [.. cells.Select((cell, t) => new Cell(cell.Type, [.. space.Targets.SelectMany(target =>
            space.EdgesInto(target).Where(e => cell.Edges[e.Index].Status != EdgeStatus.Pruned)
                .Select(e => (Edge: e, Best: Best(cell, alphas[t][e.Index], e.Index)))
                .OrderByDescending(e => e.Best.Weight) // stable
                .Take(space.InDegree ?? int.MaxValue)
                .OrderBy(e => e.Edge.Source)
                .Select(e => new EdgeChoice(e.Best.Operation, e.Edge.Source, e.Edge.Target)))]))]);

        (string Operation, double Weight) Best(CellDecisions cell, IReadOnlyList<double> row, int edge)
        {
            if (cell.Edges[edge].Operation is { } decided)
                return (decided, 1);
            var weights = Softmax.Of(row);
            var column = Softmax.ArgMax(weights, Excluded(space, noneRule));
            return (space.OperationsOn(cell.Type, edge)[column], weights[column]);
        }
    }

    private static IReadOnlyList<Removed> Question(CellDecisions cell, Place place, NoneRule noneRule)
    {
        var space = SearchSpaces.Get(cell.SpaceName);
        if (place.IsNode)
            return Kept(space, cell, place.Index) is var kept && kept.Count > space.InDegree
                ? [.. kept.Select(edge => new Removed(place.Type, edge, Column: null))]
                : [];
        return cell.Edges[place.Index].Status != EdgeStatus.Undecided ? []
            : [.. Enumerable.Range(0, space.Columns).Where(c => c != Excluded(space, noneRule)).Select(c => new Removed(place.Type, place.Index, c))];
    }

    private static int? Excluded(SearchSpace space, NoneRule noneRule) =>
        space.InDegree is not null || noneRule == NoneRule.Excluded ? space.NoneIndex : null;

    private static List<int> Kept(SearchSpace space, CellDecisions cell, int target) =>
        [.. space.EdgesInto(target).Where(e => cell.Edges[e.Index].Status == EdgeStatus.Decided).Select(e => e.Index)];

    private static CellDecisions Keep(CellDecisions cell, Removed kept) => With(
        cell, kept.Edge, EdgeState.Decided(SearchSpaces.Get(cell.SpaceName).OperationsOn(cell.Type, kept.Edge)[kept.Column!.Value]));

    private static CellDecisions With(CellDecisions cell, int edge, EdgeState state) =>
        cell with { Edges = [.. cell.Edges.Select((known, e) => e == edge ? state : known)] };

    private static int LastOfSmallest(IReadOnlyList<double> values)
    {
        var best = 0;
        for (var i = 1; i < values.Count; i++)
            if (values[i] <= values[best])
                best = i;
        return best;
    }
}
