using NasFarm.Search.Data;

namespace NasFarm.Search.Phases;

/// <summary>What disturbs a search on purpose in one epoch; the default value disturbs nothing.</summary>
/// <param name="DropPath">Probability that an edge's output is dropped for an image.</param>
/// <param name="Cutout">Squares cut out of the images of both halves, beyond the data's own augmentation.</param>
public readonly record struct TrainingNoise(double DropPath, Cutout Cutout);
