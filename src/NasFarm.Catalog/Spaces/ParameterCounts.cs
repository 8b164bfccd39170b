using NasFarm.Catalog.Genotypes;

namespace NasFarm.Catalog.Spaces;

/// <summary>Trainable parameters of networks, counted without building them (spec/search-spaces.md §1.2, §1.4, §2, §6).
/// Alphas and running statistics are left out.</summary>
public static class ParameterCounts
{
    private const int StemMultiplier = 3;
    private const int ConcatenatedNodes = 4;

    /// <summary>The supernet of a search.</summary>
    public static long Supernet(SearchSpace space, int channels, int cells, int imageChannels, int classes)
    {
        space.RequireSize(channels, cells);

        // Batch norm inside cells carries no affine weights while searching; the NAS-Bench-201 supernet then gives its convolutions a bias.
        long DartsCell(int c, bool reduction) => space.Edges.Sum(edge =>
            space.OperationsOn(reduction ? CellType.Reduce : CellType.Normal, edge.Index)
                .Sum(op => DartsOperation(op, c, reduction && edge.Source < space.InputNodes, affine: false)));
        long Nb201Cell(int c) => space.Edges.Count * space.Operations.Sum(op => Nb201Operation(op, c, normWeights: c));

        long MacroLayer(int layer, MacroLayer shape) => space.Operations.Sum(op => MacroOperation(op, shape, affine: false));

        return space.Family switch
        {
            SpaceFamily.Darts => DartsNetwork(StemMultiplier * channels, channels, cells, imageChannels, classes, affine: false, DartsCell),
            SpaceFamily.NasBench201 => Nb201Network(channels, cells, imageChannels, classes, Nb201Cell),
            SpaceFamily.NasBenchMacro => MacroNetwork(channels, imageChannels, classes, MacroLayer),
            SpaceFamily.NasBench1Shot1 => NodeSupernet(space, channels, cells, imageChannels, classes),
            _ => DeeperNetwork(space, channels, cells, imageChannels, classes, DartsCell(channels, reduction: false)),
        };
    }

    /// <summary>The derived network as it is retrained, without the auxiliary head.</summary>
    public static long Derived(Genotype genotype, int channels, int cells, int imageChannels, int classes)
    {
        var space = genotype.Space;
        space.RequireSize(channels, cells);

        long DartsCell(int c, bool reduction) => (reduction ? genotype.Reduce! : genotype.Normal).Edges.Sum(edge =>
            DartsOperation(edge.Operation, c, reduction && edge.Source < space.InputNodes, affine: true));
        long Nb201Cell(int c) => genotype.Normal.Edges.Sum(edge => Nb201Operation(edge.Operation, c, normWeights: 2 * c));

        long MacroLayer(int layer, MacroLayer shape) => MacroOperation(genotype.Normal.OperationOn(layer, layer + 1)!, shape, affine: true);

        return space.Family switch
        {
            SpaceFamily.Darts => DartsNetwork(StemMultiplier * channels, channels, cells, imageChannels, classes, affine: true, DartsCell),
            SpaceFamily.NasBench201 => Nb201Network(channels, cells, imageChannels, classes, Nb201Cell),
            SpaceFamily.NasBenchMacro => MacroNetwork(channels, imageChannels, classes, MacroLayer),
            SpaceFamily.NasBench1Shot1 => NasBench101Cell.Of(genotype).Parameters(channels, cells, imageChannels, classes),
            // A child is trained with the norms of the supernet, which have no affine part.
            _ => DeeperNetwork(space, channels, cells, imageChannels, classes,
                genotype.Normal.Edges.Sum(edge => DartsOperation(edge.Operation, channels, strided: false, affine: false))),
        };
    }

    /// <summary>The CIFAR auxiliary head of a DARTS network with so many initial channels: conv1×1 to 128, conv2×2 to 768, linear.</summary>
    public static long AuxiliaryHead(int channels, int classes)
    {
        var inputs = ConcatenatedNodes * 4L * channels; // after both reductions
        return inputs * 128 + Norm(128) + 128L * 768 * 4 + Norm(768) + Linear(768, classes);
    }

    private static long DartsNetwork(
        int stem, int channels, int cells, int imageChannels, int classes, bool affine, Func<int, bool, long> cellOperations)
    {
        var total = 9L * imageChannels * stem + Norm(stem);
        var (older, newer) = ((long)stem, (long)stem);
        for (var i = 0; i < cells; i++)
        {
            var reduction = SearchSpace.IsReduction(i, cells);
            if (reduction)
                channels *= 2;

            // Both preprocessings cost C_in·C, whether 1×1 convolution or FactorizedReduce.
            total += (older + newer) * channels + (affine ? 2 * Norm(channels) : 0) + cellOperations(channels, reduction);
            (older, newer) = (newer, ConcatenatedNodes * (long)channels);
        }
        return total + Linear(newer, classes);
    }

    private static long Nb201Network(int channels, int cellsPerStage, int imageChannels, int classes, Func<int, long> cellOperations)
    {
        var total = 9L * imageChannels * channels + Norm(channels);
        for (var stage = 0; stage < 3; stage++)
        {
            if (stage > 0)
            {
                var from = channels;
                channels *= 2;
                total += 9L * from * channels + Norm(channels) + 9L * channels * channels + Norm(channels) + (long)from * channels;
            }
            total += cellsPerStage * cellOperations(channels);
        }
        return total + Norm(channels) + Linear(channels, classes);
    }

    private static long DeeperNetwork(SearchSpace space, int channels, int cells, int imageChannels, int classes, long cellOperations)
    {
        var (stem, output) = ((long)StemMultiplier * channels, (long)space.InnerNodes * channels);
        var preprocessing = stem * channels + (cells - 1) * output * channels;
        return 9 * imageChannels * stem + Norm(stem) + 9 * stem * stem + Norm(stem) + preprocessing + cells * cellOperations + Linear(output, classes);
    }

    private static long NodeSupernet(SearchSpace space, int channels, int cells, int imageChannels, int classes)
    {
        var (nodes, c) = (space.NodeRows!.Nodes, (long)channels);
        long ConvolutionNormRelu(long inputs, long outputs, int kernel) => inputs * outputs * kernel * kernel + Norm(outputs);
        var total = ConvolutionNormRelu(imageChannels, c, 3);
        var width = c;
        for (var i = 0; i < cells; i++)
        {
            if (SearchSpace.IsReduction(i, cells))
                c *= 2;
            total += nodes * (ConvolutionNormRelu(width, c, 1) + ConvolutionNormRelu(c, c, 3) + ConvolutionNormRelu(c, c, 1))
                + ConvolutionNormRelu(width, nodes * c, 1);
            width = nodes * c;
        }
        return total + width * c + Linear(c, classes); // the last norm has no affine part
    }

    private static long MacroNetwork(int channels, int imageChannels, int classes, Func<int, MacroLayer, long> layerOperations)
    {
        var layers = MacroLayers.Of(channels);
        return 9L * imageChannels * channels + Norm(channels)
            + layers.Select((shape, layer) => layerOperations(layer, shape)).Sum()
            + (long)layers[^1].Outputs * MacroLayers.HeadChannels + Norm(MacroLayers.HeadChannels) + Linear(MacroLayers.HeadChannels, classes);
    }

    private static long MacroOperation(string operation, MacroLayer shape, bool affine)
    {
        long Norms(long channels) => affine ? Norm(channels) : 0;
        if (operation == Operations.Identity)
            return shape.KeepsShape ? 0 : (long)shape.Inputs * shape.Outputs + Norms(shape.Outputs);
        var (expansion, kernel) = MacroLayers.Block(operation);
        var hidden = (long)expansion * shape.Inputs;
        return shape.Inputs * hidden + kernel * kernel * hidden + hidden * shape.Outputs + 2 * Norms(hidden) + Norms(shape.Outputs);
    }

    private static long DartsOperation(string operation, long c, bool strided, bool affine)
    {
        var norm = affine ? Norm(c) : 0;
        return operation switch
        {
            Operations.SepConv3x3 => 2 * (9 * c + c * c + norm),
            Operations.SepConv5x5 => 2 * (25 * c + c * c + norm),
            Operations.DilConv3x3 => 9 * c + c * c + norm,
            Operations.DilConv5x5 => 25 * c + c * c + norm,
            Operations.SkipConnect when strided => c * c + norm,
            _ => 0,
        };
    }

    private static long Nb201Operation(string operation, long c, long normWeights) => operation switch
    {
        Operations.NorConv1x1 => c * c + normWeights,
        Operations.NorConv3x3 => 9 * c * c + normWeights,
        _ => 0,
    };

    private static long Norm(long channels) => 2 * channels;

    private static long Linear(long inputs, int classes) => (inputs + 1) * classes;
}
