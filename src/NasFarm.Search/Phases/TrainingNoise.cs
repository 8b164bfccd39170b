using NasFarm.Search.Data;
using NasFarm.Search.Networks;
using NasFarm.Search.Randomness;

namespace NasFarm.Search.Phases;

/// <summary>What disturbs a search on purpose in one epoch; the default value disturbs nothing.</summary>
/// <param name="DropPath">Probability that an edge's output is dropped for an image.</param>
/// <param name="Cutout">Squares cut out of the images of both halves, beyond the data's own augmentation.</param>
/// <param name="SkipDropout">Probability that an element of a skip connection's output is dropped, where the skip connection keeps the size.</param>
public readonly record struct TrainingNoise(double DropPath, Cutout Cutout, double SkipDropout = 0)
{
    /// <summary>What drops outputs while an epoch trains; null where nothing does.</summary>
    /// <param name="random">Source of the masks.</param>
    public DropPath? Dropping(RandomStream random) => DropPath > 0 || SkipDropout > 0 ? new(DropPath, random, SkipDropout) : null;
}
