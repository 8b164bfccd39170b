using System.Security.Cryptography;
using System.Text;
using NasFarm.Catalog.Genotypes;

namespace NasFarm.Catalog.Spaces;

/// <summary>A cell as NAS-Bench-101 writes it (Ying et al., ICML 2019, arXiv 1902.09635; read in its released code, repository
/// google-research/nasbench): an upper triangular adjacency matrix over vertices with operations, the input first and the output last.
/// Immutable.</summary>
public sealed class NasBench101Cell
{
    /// <summary>Label of the input vertex.</summary>
    public const string Input = "input";

    /// <summary>Vertices of the benchmark's largest cells.</summary>
    public const int MostVertices = 7;

    /// <summary>Operations in the order whose places the hash knows.</summary>
    private static readonly string[] Labels = [Spaces.Operations.VertexConv3x3, Spaces.Operations.VertexConv1x1, Spaces.Operations.VertexMaxPool3x3];

    private readonly bool[][] edges;

    /// <summary>From the matrix and the operations of all vertices. Throws <see cref="ArgumentException"/> that names the row or vertex.</summary>
    /// <param name="adjacency">One text of zeros and ones per source vertex.</param>
    /// <param name="operations"><c>input</c>, operations, <c>output</c>.</param>
    public NasBench101Cell(IReadOnlyList<string> adjacency, IReadOnlyList<string> operations)
    {
        var n = operations.Count;
        if (n < 2 || adjacency.Count != n)
            throw new ArgumentException($"{adjacency.Count} rows of adjacency and {n} operations; a cell has as many of both, at least 2.");
        foreach (var (source, row) in adjacency.Index())
        {
            if (row.Length != n || row.Any(c => c is not ('0' or '1')))
                throw new ArgumentException($"Row {source} of the adjacency is '{row}'; it must be {n} zeros and ones.");
            if (row.IndexOf('1', StringComparison.Ordinal) is var first && first >= 0 && first <= source)
                throw new ArgumentException($"Row {source} of the adjacency is '{row}'; edges lead to later vertices only.");
        }
        foreach (var (vertex, operation) in operations.Index())
            if (vertex == 0 ? operation != Input : vertex == n - 1 ? operation != Spaces.Operations.Output : !Labels.Contains(operation))
                throw new ArgumentException(
                    $"Vertex {vertex} has '{operation}'; the first is '{Input}', the last '{Spaces.Operations.Output}', the others {string.Join(", ", Labels)}.");
        (edges, Operations) = ([.. adjacency.Select(row => row.Select(c => c == '1').ToArray())], operations);
    }

    /// <summary>Operations of all vertices.</summary>
    public IReadOnlyList<string> Operations { get; }

    /// <summary>Number of vertices.</summary>
    public int Vertices => Operations.Count;

    /// <summary>The matrix, one text of zeros and ones per source.</summary>
    public IReadOnlyList<string> Adjacency => [.. edges.Select(row => string.Concat(row.Select(edge => edge ? '1' : '0')))];

    /// <summary>There is an edge.</summary>
    public bool HasEdge(int source, int target) => edges[source][target];

    /// <summary>A genotype of NAS-Bench-1Shot1 in the 7-vertex format. Cells of spaces 1 and 2 have six; the seventh is a 1×1 convolution before
    /// the output without any edge. Throws <see cref="ArgumentException"/> for another space.</summary>
    public static NasBench101Cell Of(Genotype genotype)
    {
        if (genotype.Space.NodeRows is not { Nodes: var nodes })
            throw new ArgumentException($"A genotype of '{genotype.Space}' is no cell of NAS-Bench-101.");
        var matrix = Enumerable.Range(0, MostVertices).Select(_ => new char[MostVertices]).ToArray();
        foreach (var row in matrix)
            Array.Fill(row, '0');
        var cell = genotype.Normal;
        foreach (var edge in cell.Edges)
            matrix[edge.Source][edge.Target > nodes ? MostVertices - 1 : edge.Target] = '1';
        return new(
            [.. matrix.Select(row => new string(row))],
            [
                Input,
                .. Enumerable.Range(1, nodes).Select(node => cell.Edges.First(e => e.Target == node).Operation),
                .. Enumerable.Repeat(Spaces.Operations.VertexConv1x1, MostVertices - nodes - 2),
                Spaces.Operations.Output,
            ]);
    }

    /// <summary>The cell without vertices that do not stand on a way from the input to the output: what the benchmark trained. Throws
    /// <see cref="ArgumentException"/> when there is no way.</summary>
    public NasBench101Cell Pruned()
    {
        var (read, reaches) = (new bool[Vertices], new bool[Vertices]);
        read[0] = reaches[^1] = true;
        for (var v = 1; v < Vertices; v++)
            read[v] = Enumerable.Range(0, v).Any(source => read[source] && HasEdge(source, v));
        for (var v = Vertices - 2; v >= 0; v--)
            reaches[v] = Enumerable.Range(v + 1, Vertices - v - 1).Any(target => reaches[target] && HasEdge(v, target));
        int[] kept = [.. Enumerable.Range(0, Vertices).Where(v => read[v] && reaches[v])];
        return kept.Length >= 2
            ? new([.. kept.Select(source => string.Concat(kept.Select(target => HasEdge(source, target) ? '1' : '0')))], [.. kept.Select(v => Operations[v])])
            : throw new ArgumentException($"No way leads from the input to the output of {this}.");
    }

    /// <summary>The benchmark's key of the pruned cell: 32 hex digits, equal for isomorphic cells. A vertex begins with the MD5 of its degrees
    /// and label; as many times as there are vertices each takes in the sorted hashes of its sources, of its targets, and its own; the sorted
    /// list of the last is hashed once more. Lists are written as Python prints them.</summary>
    public string Hash()
    {
        var cell = Pruned();
        var all = Enumerable.Range(0, cell.Vertices).ToList();
        int Label(int v) => v == 0 ? -1 : v == all[^1] ? -2 : Array.IndexOf(Labels, cell.Operations[v]);
        var hashes = all.Select(v => Md5($"({all.Count(t => cell.HasEdge(v, t))}, {all.Count(s => cell.HasEdge(s, v))}, {Label(v)})")).ToList();
        foreach (var _ in all)
        {
            var last = hashes;
            string Sorted(IEnumerable<int> vertices) => string.Concat(vertices.Select(v => last[v]).Order(StringComparer.Ordinal));
            hashes = [.. all.Select(v => Md5($"{Sorted(all.Where(s => cell.HasEdge(s, v)))}|{Sorted(all.Where(t => cell.HasEdge(v, t)))}|{last[v]}"))];
        }
        return Md5($"[{string.Join(", ", hashes.Order(StringComparer.Ordinal).Select(h => $"'{h}'"))}]");
    }

    /// <summary>Channels of the vertices of this (pruned) cell. Those that the output reads share its channels, the first get one more where
    /// that does not come out even; any other has as many as the widest it leads to.</summary>
    /// <param name="inputs">Channels that come in.</param>
    /// <param name="outputs">Channels that go out.</param>
    public IReadOnlyList<int> Channels(int inputs, int outputs)
    {
        var output = Vertices - 1;
        var channels = new int[Vertices];
        (channels[0], channels[output]) = (inputs, outputs);
        int[] concatenated = [.. Enumerable.Range(1, Vertices - 2).Where(v => HasEdge(v, output))];
        foreach (var (place, v) in concatenated.Index())
            channels[v] = outputs / concatenated.Length + (place < outputs % concatenated.Length ? 1 : 0);
        for (var v = output - 1; v > 0; v--)
            if (!HasEdge(v, output))
                channels[v] = Enumerable.Range(v + 1, output - v - 1).Where(target => HasEdge(v, target)).Max(target => channels[target]);
        return channels;
    }

    /// <summary>Trainable parameters of the benchmark's network of the pruned cell: stem, cells in three stacks, linear.</summary>
    public long Parameters(int channels, int cells, int imageChannels, int classes)
    {
        static long ConvolutionNorm(long inputs, long outputs, int kernel) => inputs * outputs * kernel * kernel + 2 * outputs;
        var cell = Pruned();
        var total = ConvolutionNorm(imageChannels, channels, 3);
        var inputs = channels;
        for (var i = 0; i < cells; i++)
        {
            if (SearchSpace.IsReduction(i, cells))
                channels *= 2;
            var widths = cell.Channels(inputs, channels);
            for (var v = 1; v < cell.Vertices; v++)
            {
                total += cell.HasEdge(0, v) ? ConvolutionNorm(inputs, widths[v], 1) : 0;
                total += cell.Operations[v] switch
                {
                    Spaces.Operations.VertexConv3x3 => ConvolutionNorm(widths[v], widths[v], 3),
                    Spaces.Operations.VertexConv1x1 => ConvolutionNorm(widths[v], widths[v], 1),
                    _ => 0,
                };
            }
            inputs = channels;
        }
        return total + (channels + 1L) * classes;
    }

    /// <summary>Rows of the matrix and operations.</summary>
    public override string ToString() => $"{string.Join('/', Adjacency)} {string.Join(',', Operations)}";

#pragma warning disable CA5351 // The benchmark's keys are MD5; nothing is kept secret by it.
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
}
