using System.Text.Json;
using NasFarm.Catalog;

namespace NasFarm.Farm.Coordination;

/// <summary>Says what happens in a process, a line for each event, from any thread.</summary>
/// <param name="time">Of the lines.</param>
/// <param name="output">Hears them.</param>
/// <param name="json">As JSON, one object a line; else as text.</param>
public sealed class FarmLines(TimeProvider time, TextWriter output, bool json)
{
    private readonly Lock gate = new();

    /// <summary>A line of the program's own.</summary>
    /// <param name="word">Stable word.</param>
    /// <param name="text">A sentence.</param>
    public void Say(string word, string text) => Write(new(time.GetUtcNow(), word, text));

    /// <summary>The line of an event, where it has one.</summary>
    public void Tell(FarmEvent happened)
    {
        if (FarmLine.Of(happened, time.GetUtcNow()) is { } line)
            Write(line);
    }

    private void Write(FarmLine line)
    {
        lock (gate)
        {
            output.WriteLine(json ? JsonSerializer.Serialize(line, CatalogJson.Compact) : line.ToString());
            output.Flush();
        }
    }
}
