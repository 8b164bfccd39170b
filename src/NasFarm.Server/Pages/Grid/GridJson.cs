using System.Buffers;
using System.Text.Json;

namespace NasFarm.Server.Pages.Grid;

/// <summary>Cells for the script that keeps a grid up to date: each an array of run id, row, column, look, and accuracy or null; then the seeds of the columns. Rows and columns are
/// those of the runs given.</summary>
internal static class GridJson
{
    /// <summary>UTF-8.</summary>
    public static ReadOnlyMemory<byte> Write(SeedGrid grid)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("cells");
            foreach (var cell in grid.Cells)
            {
                json.WriteStartArray();
                json.WriteStringValue(cell.Run.RunId);
                json.WriteNumberValue(cell.Row);
                json.WriteNumberValue(cell.Column);
                json.WriteStringValue(cell.Look);
                if (cell.Run.Accuracy is { } accuracy && double.IsFinite(accuracy))
                    json.WriteNumberValue(accuracy);
                else
                    json.WriteNullValue();
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteStartArray("seeds");
            foreach (var seed in grid.Columns)
                json.WriteStringValue(seed.ToString());
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
