using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Genotypes;

/// <summary>Genotypes as text. Canonical forms: for DARTS cells the one the original code prints,
/// <c>Genotype(normal=[('sep_conv_3x3', 0), …], normal_concat=[2, 3, 4, 5], reduce=[…], reduce_concat=[2, 3, 4, 5])</c>
/// (spec/search-spaces.md §1.5); for NAS-Bench-201 the architecture string <c>|op~0|+|op~0|op~1|+|op~0|op~1|op~2|</c> (§2), for
/// <c>deeper-insights</c> the same with two nodes; for NAS-Bench-Macro eight digits, one per layer; for NAS-Bench-1Shot1 nodes with their
/// parents, <c>conv3x3-bn-relu(0)|…|output(2,4)</c>.
/// Parsing is tolerant: both quoting styles, <c>range(2, 6)</c>, and the short form
/// <c>normal s3-0 s3-1 | sk-0 d3-2 | … ; reduce mp-0 mp-1 | …</c>. Sparse cells name the target of every edge,
/// <c>('sep_conv_3x3', 0, 2)</c> or <c>s3-0>2</c>, and may be empty.</summary>
public static class GenotypeText
{
    /// <summary>Parses a text of the named space. Throws <see cref="GenotypeFormatException"/> that names position and value.</summary>
    public static Genotype Parse(string spaceName, string text) => Parse(SearchSpaces.Get(spaceName), text);

    /// <summary>Parses a text of the space. Throws <see cref="GenotypeFormatException"/> that names position and value.</summary>
    public static Genotype Parse(SearchSpace space, string text)
    {
        var scanner = new TextScanner(text);
        var (cells, mayBeSparse) = space.Family switch
        {
            SpaceFamily.NasBench201 or SpaceFamily.DeeperInsights => ([NasBench201Text.ReadCell(space, scanner)], false),
            SpaceFamily.NasBenchMacro => ([NasBenchMacroText.ReadCell(scanner)], false),
            SpaceFamily.NasBench1Shot1 => ([NasBench1Shot1Text.ReadCell(space, scanner)], false),
            _ when scanner.LooksAt("Genotype") => DartsText.ReadTuple(scanner),
            _ => DartsText.ReadShort(scanner),
        };
        try
        {
            return new Genotype(space, cells, mayBeSparse);
        }
        catch (ArgumentException wrong)
        {
            throw new GenotypeFormatException($"{wrong.Message} Text: {text}", wrong);
        }
    }

    /// <summary>Parses, or looks up a published name such as <c>DARTS_V2</c>. Throws <see cref="GenotypeFormatException"/>, or
    /// <see cref="ArgumentException"/> for the name of a cell of another family (<see cref="PublishedGenotypes"/>).</summary>
    public static Genotype ParseOrFind(string spaceName, string textOrName) =>
        PublishedGenotypes.Names.Contains(textOrName)
            ? PublishedGenotypes.Get(spaceName, textOrName)
            : Parse(spaceName, textOrName);

    /// <summary>The canonical text. Keeps the listing order inside a node; print <see cref="Genotype.Canonical"/> for one text per
    /// graph.</summary>
    public static string Print(Genotype genotype) => genotype.Space.Family switch
    {
        SpaceFamily.NasBench201 or SpaceFamily.DeeperInsights => NasBench201Text.Print(genotype.Normal),
        SpaceFamily.NasBenchMacro => NasBenchMacroText.Print(genotype.Normal),
        SpaceFamily.NasBench1Shot1 => NasBench1Shot1Text.Print(genotype.Normal),
        _ => DartsText.PrintTuple(genotype),
    };

    /// <summary>The short form, for tables and logs: <c>normal s3-0 s3-1 | … ; reduce …</c>, or <c>c3-0 | c3-0 c3-1 | …</c>; the digits of
    /// NAS-Bench-Macro are short already, and nodes of NAS-Bench-1Shot1 are <c>v3(0) | vm(0,1) | …</c>.</summary>
    public static string PrintShort(Genotype genotype) => genotype.Space.Family switch
    {
        SpaceFamily.NasBenchMacro => Print(genotype),
        SpaceFamily.NasBench1Shot1 => NasBench1Shot1Text.PrintShort(genotype.Normal),
        _ => string.Join(" ; ", genotype.Cells.Select(cell => PrintEdges(genotype, cell))),
    };

    private static string PrintEdges(Genotype genotype, Cell cell)
    {
        var nodes = cell.Edges.GroupBy(e => e.Target)
            .Select(node => string.Join(' ', node.Select(e =>
                $"{Operations.Abbreviate(e.Operation)}-{e.Source}{(genotype.Sparse ? $">{e.Target}" : "")}")));
        var name = genotype.Cells.Count > 1 ? cell.Type.ToString().ToLowerInvariant() + " " : "";
        return name + string.Join(" | ", nodes);
    }
}
