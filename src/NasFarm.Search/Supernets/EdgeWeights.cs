using NasFarm.Search.Networks;

namespace NasFarm.Search.Supernets;

/// <summary>Names of the weights that belong to one operation on one edge, and which of them a set of plans can reach.</summary>
internal static class EdgeWeights
{
    private const string Marker = ".edges.";

    /// <summary><c>cells.3.edges.7.sep_conv_3x3</c>.</summary>
    public static string Name(string cell, int edge, string operation) => $"{cell}{Marker}{edge}.{operation}";

    /// <summary>Every weight outside the edges, and on the edges those whose operation takes part in some node's sum.</summary>
    /// <param name="all">All parameters of the network.</param>
    /// <param name="plans">One plan per cell type.</param>
    /// <param name="cellType">Cell prefix (<c>cells.3</c>) to index of its type.</param>
    public static IReadOnlyList<NamedTensor> Reachable(
        IReadOnlyList<NamedTensor> all, IReadOnlyList<CellPlan> plans, Func<string, int> cellType)
    {
        var live = plans.Select(p => p.Nodes.SelectMany(n => n).Select(t => $"{t.Edge}.{p.OperationOf(t)}").ToHashSet()).ToList();
        return [.. all.Where(p => p.Name.IndexOf(Marker, StringComparison.Ordinal) is var at && (at < 0 || IsLive(p.Name, at)))];

        bool IsLive(string name, int at)
        {
            var rest = name[(at + Marker.Length)..].Split('.', 3);   // edge, operation, weight
            return live[cellType(name[..at])].Contains($"{rest[0]}.{rest[1]}");
        }
    }
}
