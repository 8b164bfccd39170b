using NasFarm.Catalog.Data;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Manifests;

namespace NasFarm.Farm.Plans;

/// <summary>The data of a manifest, held against the files: what is asked for is there, and can be made from it. What equals its default
/// (all images, native size) is written as the default, so that one experiment has one id.</summary>
internal sealed class PlannedData(IDataSets dataSets, ErrorList errors)
{
    private readonly Dictionary<string, DataSetInfo?> described = [];

    /// <summary>The set's description; null, with an error at the place, when it cannot be used.</summary>
    public DataSetInfo? Info(DataChoice data)
    {
        if (described.TryGetValue(data.Name, out var known)) return known;
        try
        {
            var names = dataSets.Names;
            if (!names.Contains(data.Name))
            {
                errors.Add(data.At, $"there is no data set '{data.Name}'{Nearest.Hint(data.Name, names)}");
                return described[data.Name] = null;
            }
            return described[data.Name] = dataSets.Describe(data.Name);
        }
        catch (DataSetUnavailableException e)
        {
            errors.Add(data.At, e.Message);
            return described[data.Name] = null;
        }
    }

    /// <summary>Images of a search; null, with errors added, when they cannot be had. The first half of the file trains weights, the
    /// second alphas, and sizes are taken from the front of each (spec/retraining-and-data.md §5).</summary>
    public DataSpec? Search(DataChoice data)
    {
        if (Info(data) is not { } info) return null;
        var half = info.TrainImages / 2;
        CheckCount(data, "trainImages", data.TrainImages, half, $"the weight half of {info.Name}");
        CheckCount(data, "alphaImages", data.AlphaImages, info.TrainImages - half, $"the alpha half of {info.Name}");
        CheckSize(data, info);
        return Spec(data, info) with
        {
            TrainImages = data.TrainImages == half ? null : data.TrainImages,
            AlphaImages = data.AlphaImages == info.TrainImages - half ? null : data.AlphaImages,
            Split = data.Split,
        };
    }

    /// <summary>Images of a retraining; null, with errors added, when they cannot be had.</summary>
    public DataSpec? Retrain(DataChoice data)
    {
        if (Info(data) is not { } info) return null;
        CheckCount(data, "trainImages", data.TrainImages, info.TrainImages, $"the training set of {info.Name}");
        CheckCount(data, "testImages", data.TestImages, info.TestImages, $"the test set of {info.Name}");
        CheckSize(data, info);
        return Spec(data, info) with
        {
            TrainImages = data.TrainImages == info.TrainImages ? null : data.TrainImages,
            TestImages = data.TestImages == info.TestImages ? null : data.TestImages,
        };
    }

    private static DataSpec Spec(DataChoice data, DataSetInfo info) => new()
    {
        Name = info.Name,
        ContentHash = info.ContentHash,
        ImageSize = data.ImageSize == info.Height && data.ImageSize == info.Width ? null : data.ImageSize,
        Augment = data.Augment,
    };

    private void CheckCount(DataChoice data, string key, int? wanted, int available, string part)
    {
        if (wanted > available) errors.Add(data.At, $"{key} is {wanted}; {part} has {available} images. Take {available} or fewer.");
    }

    /// <summary>Images are never scaled up or cut: a size is native, 32 by padding 28, or 16 by averaging 32.</summary>
    private void CheckSize(DataChoice data, DataSetInfo info)
    {
        var sizes = (info.Height, info.Width) switch
        {
            (28, 28) => (int[])[28, 32, 16],
            (32, 32) => [32, 16],
            var (height, width) when height == width => [height],
            _ => [],
        };
        if (data.ImageSize is { } side && !sizes.Contains(side))
            errors.Add(data.At,
                $"imageSize {side} cannot be made from the {info.Height}×{info.Width} images of {info.Name}; "
                    + $"{(sizes.Length == 0 ? "leave it out." : $"it can be {string.Join(" or ", sizes)}.")}");
        else if (data.ImageSize is null && info.Height % 4 != 0)
            errors.Add(data.At, $"the {info.Height}×{info.Width} images of {info.Name} cannot be halved twice; set imageSize.");
    }
}
