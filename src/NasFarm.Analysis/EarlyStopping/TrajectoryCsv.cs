using NasFarm.Analysis.Csv;
using NasFarm.Catalog.EarlyStopping;

namespace NasFarm.Analysis.EarlyStopping;

/// <summary>λmax trajectories from a table: a row per measurement, columns <c>epoch</c> and <c>lambda_max</c>. Columns such as <c>run</c> and
/// <c>seed</c> tell several trajectories apart, <c>phase</c> the phases of one. With a column <c>step</c>, which never rewinds, an epoch that
/// does not grow begins a phase; that, and <c>metric</c> with <c>value</c> instead of <c>lambda_max</c>, is what <c>nasfarm export</c> writes.
/// An empty value means that nothing was measured; rows of one trajectory may stand in any order.</summary>
public static class TrajectoryCsv
{
    private static readonly string[] Lambda = ["lambda_max", "λmax", "lambda", "λ", "eigenvalue", "max_eigenvalue", "dominant_eigenvalue", "ev"];

    private static readonly string[] Groups =
        ["run", "run_id", "trajectory", "arm", "method", "space", "data", "dataset", "drop_path", "dp", "weight_decay", "wd", "seed", "search_seed", "data_order_seed"];

    private sealed record Row(int Line, int Epoch, double? Value, long? Step, int? Phase);

    /// <summary>All trajectories with a measurement, in the order of their first rows. Throws <see cref="InvalidDataException"/> that begins with
    /// file and line and says what would be right.</summary>
    public static IReadOnlyList<LambdaTrajectory> Read(CsvFile csv)
    {
        var (epoch, step, phase, metric) = (csv.Column("epoch", "epochs"), csv.Find("step"), csv.Find("phase"), csv.Find("metric"));
        var value = metric is null ? csv.Column(Lambda) : csv.Column("value");
        int[] groups = [.. Groups.Select(name => csv.Find(name)).OfType<int>().Distinct()];
        var rows = csv.Rows
            .Where(row => metric is not { } m || Lambda.Contains(row.Cells[m], StringComparer.OrdinalIgnoreCase))
            .Select(row => (Key: string.Join('\u001f', groups.Select(g => row.Cells[g])), Row: row)).ToList();

        var trajectories = rows.GroupBy(r => r.Key, r => r.Row).Select(g => Trajectory(csv, Name(csv, groups, g.First()), [.. g.Select(row => new Row(
                row.Line, csv.Whole(row, epoch), row.Cells[value].Length == 0 ? null : csv.Number(row, value),
                step is { } s ? csv.Whole(row, s) : null, phase is { } p ? csv.Whole(row, p) : null))]))
            .Where(t => t.Measurements.Any()).ToList();
        return trajectories.Count > 0 ? trajectories
            : throw csv.Wrong(1, metric is null ? $"no row has a value in column '{csv.Header[value]}'." : "no row has metric 'lambda_max' and a value.");
    }

    // A column that every row shares still belongs to the name: it is what the file says.
    private static string Name(CsvFile csv, int[] groups, CsvRow row)
    {
        var parts = groups.Where(g => row.Cells[g].Length > 0).Select(g => csv.Header[g] is "run" or "run_id" or "trajectory" or "arm" or "method"
            ? row.Cells[g] : $"{csv.Header[g]} {row.Cells[g]}").ToList();
        return parts.Count > 0 ? string.Join(' ', parts) : Path.GetFileNameWithoutExtension(csv.Name);
    }

    private static LambdaTrajectory Trajectory(CsvFile csv, string name, IReadOnlyList<Row> rows)
    {
        if (rows.Any(r => r.Phase is not null))
            return new(name, [.. rows.GroupBy(r => r.Phase).OrderBy(g => g.Key).Select(g => Phase(csv, name, [.. g.OrderBy(r => r.Epoch)], null))]);
        if (rows.All(r => r.Step is null))
            return new(name, [Phase(csv, name, [.. rows.OrderBy(r => r.Epoch)], 0)]);

        // By step: where the epoch does not grow, the search went back.
        var phases = new List<List<Row>> { new() };
        foreach (var row in rows.OrderBy(r => r.Step))
        {
            if (phases[^1].Count > 0 && phases[^1][^1] is var before && row.Step == before.Step)
                throw csv.Wrong(row.Line, $"step {row.Step} of {name} stands a second time, first in line {before.Line}; steps never rewind.");
            if (phases[^1].Count > 0 && row.Epoch <= phases[^1][^1].Epoch) phases.Add([]);
            phases[^1].Add(row);
        }
        return new(name, [.. phases.Select((p, i) => Phase(csv, name, p, i == 0 ? 0 : null))]);
    }

    private static LambdaPhase Phase(CsvFile csv, string name, IReadOnlyList<Row> rows, int? start)
    {
        foreach (var (before, row) in rows.Zip(rows.Skip(1)))
        {
            if (row.Epoch == before.Epoch)
            {
                throw csv.Wrong(Math.Max(row.Line, before.Line), $"epoch {row.Epoch} of {name} stands a second time, first in line {Math.Min(row.Line, before.Line)}; " +
                    "a column run or seed tells trajectories apart, a column phase or step the phases of one.");
            }
        }
        return new(start ?? rows[0].Epoch, [.. rows.Where(r => r.Value is not null).Select(r => new LambdaMeasurement(r.Epoch, r.Value!.Value))]);
    }
}
