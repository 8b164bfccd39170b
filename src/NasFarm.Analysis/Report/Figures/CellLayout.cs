using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Analysis.Report.Figures;

/// <summary>A connection of a drawn cell. <paramref name="Operation"/> is null for the output's concatenation.</summary>
internal sealed record Wire(int Source, int Target, string? Operation);

/// <summary>Where a cell's nodes and wires go: layers from left to right after Sugiyama. Wires that pass a layer get a point of
/// their own in it, so that no wire runs through a node.</summary>
internal sealed class CellLayout
{
    private const int Sweeps = 24;

    private readonly List<List<int>> layers = [];                       // vertex ids, top to bottom
    private readonly Dictionary<int, int> layerOf = [];
    private readonly Dictionary<int, double> y = [];
    private readonly List<(int From, int To)> segments = [];
    private readonly List<(Wire Wire, IReadOnlyList<int> Route)> routes = [];

    /// <summary>Lays out one cell. Nodes keep their numbers; the concatenation of a DARTS cell is a node of its own after the last.</summary>
    public CellLayout(SearchSpace space, Cell cell)
    {
        var wires = cell.Edges.Select(e => new Wire(e.Source, e.Target, e.Operation == Operations.Output ? null : e.Operation)).ToList();
        if (space.Family is SpaceFamily.Darts or SpaceFamily.DeeperInsights)
        {
            var output = space.InputNodes + space.InnerNodes;
            wires.AddRange(space.Targets.Select(node => new Wire(node, output, null)));
            Output = output;
        }
        else
        {
            Output = space.Targets[^1];
        }

        // 1. Layers: a node stands right of everything it reads.
        // A node of a sparse cell that reads nothing stands with the inputs.
        for (var node = 0; node < Output; node++)
            if (wires.All(w => w.Target != node))
                Put(node, 0);
        foreach (var group in wires.GroupBy(w => w.Target).OrderBy(g => g.Key)) Put(group.Key, 1 + group.Max(w => layerOf[w.Source]));

        // 2. A point in every layer that a wire passes.
        var next = Output + 1;
        foreach (var wire in wires)
        {
            var route = new List<int> { wire.Source };
            for (var layer = layerOf[wire.Source] + 1; layer < layerOf[wire.Target]; layer++)
            {
                Put(next, layer);
                route.Add(next++);
            }
            route.Add(wire.Target);
            routes.Add((wire, route));
            segments.AddRange(route.Zip(route.Skip(1)));
        }

        Order();
        Settle();
        if (space.Family == SpaceFamily.NasBenchMacro)
            foreach (var (node, layer) in layerOf) y[node] = layer % 2; // up and down: on one line there is no place for labels between nodes
    }

    /// <summary>Node that the cell returns.</summary>
    public int Output { get; }

    /// <summary>Number of layers.</summary>
    public int Layers => layers.Count;

    /// <summary>Distance between the highest and the lowest point, in slots.</summary>
    public double Height => y.Values.Max() - y.Values.Min();

    /// <summary>Layer and slot (0 at the top) of every real node.</summary>
    public IEnumerable<(int Node, int Layer, double Slot)> Nodes => layerOf.Keys.Where(v => v <= Output).Order().Select(v => (v, layerOf[v], Slot(v)));

    /// <summary>Wires with the points they go through.</summary>
    public IEnumerable<(Wire Wire, IReadOnlyList<(int Layer, double Slot)> Points)> Wires =>
        routes.Select(r => (r.Wire, (IReadOnlyList<(int, double)>)[.. r.Route.Select(v => (layerOf[v], Slot(v)))]));

    private double Slot(int vertex) => y[vertex] - y.Values.Min();

    private void Put(int vertex, int layer)
    {
        while (layers.Count <= layer) layers.Add([]);
        layers[layer].Add(vertex);
        layerOf[vertex] = layer;
    }

    // 3. Fewest crossings that barycentre sweeps find; the best order seen is kept.
    private void Order()
    {
        var best = layers.Select(l => l.ToList()).ToList();
        var fewest = Crossings();
        for (var sweep = 0; sweep < Sweeps && fewest > 0; sweep++)
        {
            var down = sweep % 2 == 0;
            foreach (var l in down ? Enumerable.Range(1, layers.Count - 1) : Enumerable.Range(0, layers.Count - 1).Reverse())
            {
                var fixedLayer = layers[down ? l - 1 : l + 1];
                layers[l] = [.. layers[l].Index().OrderBy(v =>
                {
                    var near = Neighbours(v.Item).Where(n => layerOf[n] == (down ? l - 1 : l + 1)).Select(n => (double)fixedLayer.IndexOf(n)).ToList();
                    return near.Count > 0 ? near.Average() : v.Index;
                }).ThenBy(v => v.Index).Select(v => v.Item)];
            }
            if (Crossings() is var crossings && crossings < fewest) (fewest, best) = (crossings, layers.Select(l => l.ToList()).ToList());
        }
        for (var l = 0; l < layers.Count; l++) layers[l] = best[l];
    }

    private int Crossings()
    {
        int Place(int v) => layers[layerOf[v]].IndexOf(v);
        var count = 0;
        for (var i = 0; i < segments.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var ((a, b), (c, d)) = (segments[i], segments[j]);
                if (layerOf[a] == layerOf[c] && (Place(a) - Place(c)) * (Place(b) - Place(d)) < 0) count++;
            }
        }
        return count;
    }

    // 4. Heights: every vertex drifts to the mean of its neighbours; one slot of distance inside a layer is kept.
    private void Settle()
    {
        foreach (var layer in layers)
            foreach (var (i, v) in layer.Index()) y[v] = i - (layer.Count - 1) / 2.0;
        for (var round = 0; round < 60; round++)
        {
            foreach (var layer in layers)
            {
                var wish = layer.Select(v => Neighbours(v).Select(n => y[n]).DefaultIfEmpty(y[v]).Average()).ToArray();
                double[] down = [.. wish], up = [.. wish];
                for (var i = 1; i < wish.Length; i++) down[i] = Math.Max(down[i], down[i - 1] + 1);
                for (var i = wish.Length - 2; i >= 0; i--) up[i] = Math.Min(up[i], up[i + 1] - 1);
                for (var i = 0; i < wish.Length; i++) y[layer[i]] = (down[i] + up[i]) / 2;
            }
        }
    }

    private IEnumerable<int> Neighbours(int vertex) =>
        segments.Where(s => s.From == vertex).Select(s => s.To).Concat(segments.Where(s => s.To == vertex).Select(s => s.From));
}
