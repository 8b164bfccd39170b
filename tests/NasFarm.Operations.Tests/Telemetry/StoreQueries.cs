using Npgsql;

namespace NasFarm.Operations.Tests.Telemetry;

/// <summary>Asks a store as Grafana would.</summary>
internal static class StoreQueries
{
    /// <summary>How many rows the answer has.</summary>
    public static async Task<int> RowsAsync(string address, string query)
    {
        await using var connection = new NpgsqlConnection(address);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = 0;
        while (await reader.ReadAsync())
            rows++;
        return rows;
    }
}
