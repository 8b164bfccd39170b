namespace NasFarm.Catalog.Data;

/// <summary>What is known of a data set before its pixels are needed.</summary>
/// <param name="Name">Catalog name, e.g. <c>fashion-mnist</c>.</param>
/// <param name="Channels">Colour channels.</param>
/// <param name="Height">Native height in pixels.</param>
/// <param name="Width">Native width in pixels.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="TrainImages">Training images present.</param>
/// <param name="TestImages">Test images present.</param>
/// <param name="ContentHash">SHA-256 (hex) of decoded images and labels, train then test.</param>
/// <param name="Complete">All images of the published set are present; false for a part of it.</param>
public sealed record DataSetInfo(
    string Name, int Channels, int Height, int Width, int Classes, int TrainImages, int TestImages, string ContentHash, bool Complete);

/// <summary>Where the planner asks for data. Implemented by the readers in NasFarm.Search, handed in by the host.</summary>
public interface IDataSets
{
    /// <summary>Names the catalog knows, present or not, alphabetical. Throws <see cref="DataSetUnavailableException"/> when it cannot be asked.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Describes a set. Throws <see cref="DataSetUnavailableException"/> when its files are absent or damaged.</summary>
    DataSetInfo Describe(string name);
}

/// <summary>A data set cannot be used. The message names the file, what is wrong and what to do.</summary>
public sealed class DataSetUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
