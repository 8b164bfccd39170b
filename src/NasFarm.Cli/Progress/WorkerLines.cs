using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Farm.Coordination;

namespace NasFarm.Cli.Progress;

/// <summary>A line per event, as text or JSON.</summary>
internal sealed class WorkerLines(TimeProvider time, TextWriter output, bool json)
{
    private readonly Lock gate = new();

    public void Say(string word, string text) => Write(new(time.GetUtcNow(), word, text));

    public void Tell(FarmEvent happened)
    {
        if (WorkerLine.Of(happened, time.GetUtcNow()) is { } line)
            Write(line);
    }

    private void Write(WorkerLine line)
    {
        lock (gate)
        {
            output.WriteLine(json ? JsonSerializer.Serialize(line, CatalogJson.Compact) : line.ToString());
            output.Flush();
        }
    }
}
