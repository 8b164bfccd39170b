namespace NasFarm.Catalog.Spaces;

/// <summary>Names of candidate operations as the papers print them, and their short forms (spec/search-spaces.md §1.1, §1.5, §2).</summary>
public static class Operations
{
    /// <summary>All zeros. Index 0 of every space that has it; SGAS relies on that.</summary>
    public const string None = "none";

    /// <summary>Identity at stride 1, FactorizedReduce at stride 2.</summary>
    public const string SkipConnect = "skip_connect";

    /// <summary>3×3 max pooling.</summary>
    public const string MaxPool3x3 = "max_pool_3x3";

    /// <summary>3×3 average pooling, padding not counted.</summary>
    public const string AvgPool3x3 = "avg_pool_3x3";

    /// <summary>Depthwise-separable 3×3 convolution, applied twice.</summary>
    public const string SepConv3x3 = "sep_conv_3x3";

    /// <summary>Depthwise-separable 5×5 convolution, applied twice.</summary>
    public const string SepConv5x5 = "sep_conv_5x5";

    /// <summary>Dilated depthwise-separable 3×3 convolution, applied once.</summary>
    public const string DilConv3x3 = "dil_conv_3x3";

    /// <summary>Dilated depthwise-separable 5×5 convolution, applied once.</summary>
    public const string DilConv5x5 = "dil_conv_5x5";

    /// <summary>ReLU, 1×1 convolution, batch norm (NAS-Bench-201).</summary>
    public const string NorConv1x1 = "nor_conv_1x1";

    /// <summary>ReLU, 3×3 convolution, batch norm (NAS-Bench-201).</summary>
    public const string NorConv3x3 = "nor_conv_3x3";

    /// <summary>A fresh N(0, 1) tensor of the output's shape in every forward pass, whatever the input (RobustDARTS S4).</summary>
    public const string Noise = "noise";

    /// <summary>Passes its input on; where a layer halves the image or changes the channels, 1×1 convolution and batch norm
    /// (NAS-Bench-Macro).</summary>
    public const string Identity = "identity";

    /// <summary>Inverted residual: expansion 3, depthwise 3×3 (NAS-Bench-Macro).</summary>
    public const string InvertedResidual3x3 = "mb3_k3";

    /// <summary>Inverted residual: expansion 6, depthwise 5×5 (NAS-Bench-Macro).</summary>
    public const string InvertedResidual5x5 = "mb6_k5";

    /// <summary>3×3 max pooling, stride 1 (NAS-Bench-101).</summary>
    public const string VertexMaxPool3x3 = "maxpool3x3";

    /// <summary>3×3 convolution, batch norm, ReLU (NAS-Bench-101).</summary>
    public const string VertexConv3x3 = "conv3x3-bn-relu";

    /// <summary>1×1 convolution, batch norm, ReLU (NAS-Bench-101).</summary>
    public const string VertexConv1x1 = "conv1x1-bn-relu";

    /// <summary>What the output of a NAS-Bench-101 cell does: concatenates its parents. No choice.</summary>
    public const string Output = "output";

    /// <summary>The 8 operations of the DARTS space in column order (spec/search-spaces.md §1.1).</summary>
    internal static readonly IReadOnlyList<string> OfDarts =
        [None, MaxPool3x3, AvgPool3x3, SkipConnect, SepConv3x3, SepConv5x5, DilConv3x3, DilConv5x5];

    private static readonly (string Name, string Short)[] Shorts =
    [
        (None, "no"), (SkipConnect, "sk"), (MaxPool3x3, "mp"), (AvgPool3x3, "ap"), (SepConv3x3, "s3"), (SepConv5x5, "s5"),
        (DilConv3x3, "d3"), (DilConv5x5, "d5"), (NorConv1x1, "c1"), (NorConv3x3, "c3"),
        (Noise, "nz"), (Identity, "id"), (InvertedResidual3x3, "m3"), (InvertedResidual5x5, "m6"),
        (VertexMaxPool3x3, "vm"), (VertexConv3x3, "v3"), (VertexConv1x1, "v1"), (Output, "out"),
    ];

    /// <summary>Operations with filters to learn. A strided skip connection has weights too and does not count: no paper ranks it.</summary>
    public static bool IsConvolution(string name) => name.Contains("_conv_", StringComparison.Ordinal) || name is VertexConv3x3 or VertexConv1x1;

    /// <summary>Two letters of an operation, e.g. <c>s3</c>. Throws <see cref="ArgumentException"/> on an unknown name.</summary>
    public static string Abbreviate(string name)
    {
        var found = Array.FindIndex(Shorts, s => s.Name == name);
        return found >= 0
            ? Shorts[found].Short
            : throw new ArgumentException($"'{name}' is no operation; operations are {string.Join(", ", Shorts.Select(s => s.Name))}.");
    }

    /// <summary>The full name of a name or abbreviation; null when there is none.</summary>
    public static string? Expand(string text)
    {
        var found = Array.FindIndex(Shorts, s => s.Name == text || s.Short == text);
        return found >= 0 ? Shorts[found].Name : null;
    }
}
