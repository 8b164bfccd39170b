namespace NasFarm.Catalog.Genotypes;

/// <summary>A text is no genotype of the space. The message names the position (1-based character) or the node, the value there and
/// what would be right.</summary>
public sealed class GenotypeFormatException(string message, Exception? inner = null) : FormatException(message, inner);
