using NasFarm.Catalog.Genotypes;

namespace NasFarm.Catalog.Spaces;

/// <summary>One layer of a NAS-Bench-Macro network.</summary>
/// <param name="Inputs">Channels that come in.</param>
/// <param name="Outputs">Channels that go out.</param>
/// <param name="Stride">2 in the first layer of a stage, else 1.</param>
public readonly record struct MacroLayer(int Inputs, int Outputs, int Stride)
{
    /// <summary>The layer keeps the shape, so that <c>identity</c> is one and the other blocks have a shortcut.</summary>
    public bool KeepsShape => Stride == 1 && Inputs == Outputs;
}

/// <summary>The network around the choices of NAS-Bench-Macro: stem conv 3×3, norm, ReLU; three stages of 2, 3 and 3 layers, the first of
/// each halves the image and doubles the channels; conv 1×1 to 1,280, norm, ReLU, global average pooling, linear. Read in the benchmark's
/// own training code (repository xiusu/NAS-Bench-Macro); the sizes it gives are those of all 6,561 rows of the table.</summary>
public static class MacroLayers
{
    /// <summary>Layers with a choice.</summary>
    public const int Count = 8;

    /// <summary>Channels before the pooling.</summary>
    public const int HeadChannels = 1280;

    private static readonly int[] Stages = [2, 3, 3];

    /// <summary>The layers of a network with so many channels after the stem; 32 in the benchmark.</summary>
    public static IReadOnlyList<MacroLayer> Of(int channels)
    {
        var layers = new List<MacroLayer>();
        foreach (var length in Stages)
        {
            layers.Add(new(channels, 2 * channels, Stride: 2));
            channels *= 2;
            layers.AddRange(Enumerable.Repeat(new MacroLayer(channels, channels, Stride: 1), length - 1));
        }
        return layers;
    }

    /// <summary>Expansion and kernel of a block that is no identity.</summary>
    public static (int Expansion, int Kernel) Block(string operation) => operation == Operations.InvertedResidual3x3 ? (3, 3) : (6, 5);

    /// <summary>The eight digits under which the benchmark trained this network: inside a stage, identities after its first layer change
    /// nothing wherever they stand, and are written last. 3,969 of the 6,561 remain.</summary>
    public static string TrainedAs(Genotype genotype)
    {
        var digits = genotype.ToString();
        var text = "";
        foreach (var length in Stages)
        {
            var rest = digits.Substring(text.Length + 1, length - 1).Replace("0", "");
            text += digits[text.Length] + rest.PadRight(length - 1, '0');
        }
        return text;
    }
}
