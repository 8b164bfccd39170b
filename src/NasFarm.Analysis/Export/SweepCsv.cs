using System.Text.Json;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Csv;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Results;

namespace NasFarm.Analysis.Export;

/// <summary>A file of the export by name, UTF-8 text.</summary>
public sealed record ExportFile(string Name, string Content);

/// <summary>A sweep as tidy CSV (RFC 4180, LF, header line): one observation a row, effective rows only. <c>dictionary.csv</c>
/// explains every column and quantity.</summary>
public static class SweepCsv
{
    private static readonly (string File, string Name, string Unit, string Meaning)[] Dictionary =
    [
        ("runs.csv", "run_id", "", "seed-run id, the key into every file"),
        ("runs.csv", "arm", "", "arm label of the manifest"),
        ("runs.csv", "method", "", "search method"),
        ("runs.csv", "space", "", "search space"),
        ("runs.csv", "channels", "channels", "initial channels of the searched network"),
        ("runs.csv", "cells", "cells", "cells, on NAS-Bench-201 cells per stage"),
        ("runs.csv", "data", "", "search data"),
        ("runs.csv", "split", "", "ordered or permuted"),
        ("runs.csv", "none_rule", "", "excluded or paper"),
        ("runs.csv", "search_seed", "", "seed of weights, alphas and all streams but data order; pairs runs across arms"),
        ("runs.csv", "data_order_seed", "", "seed of shuffles and augmentation"),
        ("runs.csv", "state", "", "finished, failed, cancelled, running or waiting"),
        ("runs.csv", "reason", "", "stable reason of a wait, failure or cancellation; empty otherwise"),
        ("runs.csv", "diverged", "", "true when the search's loss was not finite"),
        ("runs.csv", "genotype", "", "final genotype; empty until the search has finished"),
        ("runs.csv", "quantity", "", "what the row measures; rows below with file 'runs.csv quantity' list them"),
        ("runs.csv", "retrain_seed", "", "seed of the retraining; empty for quantities of the whole run"),
        ("runs.csv", "value", "see unit", "the value"),
        ("runs.csv", "unit", "", "percent, count, s, table (the column's own), flag (0 or 1), C (multiples of the cell's channels) or number"),
        ("runs.csv quantity", "score:<measure>", "percent", "score as compared: mean over retrain seeds, or table value; chance when the search diverged"),
        ("runs.csv quantity", "retrain:<data>:<recipe>", "percent", "test accuracy of one retraining after its last epoch"),
        ("runs.csv quantity", "retrain-best:<data>:<recipe>", "percent", "best epoch of that retraining, never used for choices"),
        ("runs.csv quantity", "retrain-parameters:<data>:<recipe>", "count", "trainable parameters, auxiliary head left out"),
        ("runs.csv quantity", "table:<column>", "table", "every recorded benchmark-table value of the final genotype, in the table's own unit"),
        ("runs.csv quantity", "structural_collapse", "flag", "the final genotype meets the structural definition, or the search diverged"),
        ("runs.csv quantity", "width:<cell>", "C", "sum over intermediate nodes of the share of their inputs that come from the cell's inputs; cell: normal or reduce"),
        ("runs.csv quantity", "depth:<cell>", "count", "edges on the longest path from an input of the cell to its output"),
        ("runs.csv quantity", "skips:<cell>", "count", "edges with skip_connect"),
        ("runs.csv quantity", "lambda_max_first5, lambda_max_last5, lambda_max_largest", "number", "means of the first and last five measurements of lambda_max that the end of the search descends from, and the largest of all"),
        ("runs.csv quantity", "lambda_max_window, lambda_max_batches", "count", "measurements in the local average of the rule that is replayed; alpha minibatches of a measurement"),
        ("runs.csv quantity", "lambda_max_seconds", "s", "device time of all measurements of lambda_max; a part of the search's"),
        ("runs.csv quantity", "layer_alignment", "number", "agreement of the layers' gradients at the last epoch"),
        ("runs.csv quantity", "grad_evals_w, grad_evals_alpha, grad_evals_hessian", "count", "gradient evaluations; hessian: of measurements"),
        ("runs.csv quantity", "forward_evals", "count", "minibatches that the search evaluated without a gradient, validation after epochs left out"),
        ("runs.csv quantity", "epochs_trained, epochs_kept", "count", "epochs, rollbacks included and left out"),
        ("runs.csv quantity", "discarded_seconds, wasted_seconds, search_seconds, retrain_seconds", "s", "undone by rollbacks; lost to kills; useful device time"),
        ("runs.csv quantity", "attempts", "count", "attempts over all units"),
        ("trajectories.csv", "run_id, arm, search_seed, data_order_seed", "", "as in runs.csv"),
        ("trajectories.csv", "metric", "", "name of the metric, e.g. valid_accuracy, lambda_max, layer_alignment, skip_share"),
        ("trajectories.csv", "step", "epochs", "trained epochs, 0-based; never rewinds"),
        ("trajectories.csv", "epoch", "epochs", "the rewindable epoch the value belongs to"),
        ("trajectories.csv", "value", "", "value of the metric"),
        ("decisions.csv", "run_id, arm, search_seed, data_order_seed", "", "as in runs.csv"),
        ("decisions.csv", "phase", "", "0-based search phase"),
        ("decisions.csv", "step, epoch", "epochs", "as in trajectories.csv"),
        ("decisions.csv", "name", "", "trigger, rollback, an edge decision …"),
        ("decisions.csv", "detail", "", "JSON object"),
    ];

    /// <summary>All files: <c>runs.csv</c>, <c>trajectories.csv</c>, <c>decisions.csv</c>, <c>dictionary.csv</c>.</summary>
    public static IReadOnlyList<ExportFile> All(SweepResult sweep) =>
    [
        new("runs.csv", Runs(sweep)), new("trajectories.csv", Trajectories(sweep)), new("decisions.csv", Decisions(sweep)),
        new("dictionary.csv", DataDictionary()),
    ];

    /// <summary>One row per run and quantity; a run without any value still has its cost rows, so no declared run is missing.</summary>
    public static string Runs(SweepResult sweep)
    {
        var csv = new CsvText("run_id", "arm", "method", "space", "channels", "cells", "data", "split", "none_rule", "search_seed", "data_order_seed",
            "state", "reason", "diverged", "genotype", "quantity", "retrain_seed", "value", "unit");
        var measures = Measure.Discover(sweep.Runs);
        var summaries = Series.Of(sweep).Select(LambdaSummaries.Of).OfType<LambdaSummaries>().SelectMany(arm => arm.Runs).ToLookup(r => r.RunId);
        foreach (var run in sweep.Runs)
        {
            foreach (var (quantity, retrainSeed, value, unit) in Quantities(run, measures, summaries[run.RunId].FirstOrDefault()))
            {
                csv.Row(run.RunId, run.Arm, run.Spec.Method, run.Spec.Space.Name, run.Spec.Space.Channels, run.Spec.Space.Cells, run.Spec.Data.Name,
                    Lower(run.Spec.Data.Split), Lower(run.Spec.NoneRule), run.Spec.SearchSeed, run.Spec.DataOrderSeed, Lower(run.State), run.Reason,
                    run.SearchDiverged ? "true" : "false", run.Genotype, quantity, retrainSeed, value, unit);
            }
        }
        return csv.ToString();
    }

    /// <summary>One row per run, metric and step.</summary>
    public static string Trajectories(SweepResult sweep)
    {
        var csv = new CsvText("run_id", "arm", "search_seed", "data_order_seed", "metric", "step", "epoch", "value");
        foreach (var run in sweep.Runs)
        {
            foreach (var (metric, points) in run.Trajectories.OrderBy(t => t.Key, StringComparer.Ordinal))
            {
                foreach (var p in points) csv.Row(run.RunId, run.Arm, run.Spec.SearchSeed, run.Spec.DataOrderSeed, metric, p.Step, p.Epoch, p.Value);
            }
        }
        return csv.ToString();
    }

    /// <summary>One row per recorded decision.</summary>
    public static string Decisions(SweepResult sweep)
    {
        var csv = new CsvText("run_id", "arm", "search_seed", "data_order_seed", "phase", "step", "epoch", "name", "detail");
        foreach (var run in sweep.Runs)
        {
            foreach (var d in run.Decisions)
            {
                csv.Row(run.RunId, run.Arm, run.Spec.SearchSeed, run.Spec.DataOrderSeed, d.Phase, d.Step, d.Epoch, d.Name,
                    d.Detail.ValueKind == JsonValueKind.Undefined ? "" : d.Detail.GetRawText());
            }
        }
        return csv.ToString();
    }

    /// <summary>What every column and quantity means.</summary>
    public static string DataDictionary()
    {
        var csv = new CsvText("file", "name", "unit", "meaning");
        foreach (var (file, name, unit, meaning) in Dictionary.Concat(ComparisonCsv.Dictionary)) csv.Row(file, name, unit, meaning);
        return csv.ToString();
    }

    private static IEnumerable<(string Quantity, long? RetrainSeed, double Value, string Unit)> Quantities(
        SeedRunResult run, IReadOnlyList<Measure> measures, LambdaSummary? lambda)
    {
        foreach (var measure in measures)
            if (measure.ScoreOf(run) is { } score) yield return ($"score:{measure.Id}", null, score, "percent");
        foreach (var r in run.Retrains)
        {
            yield return ($"retrain:{r.Data}:{r.Recipe}", r.RetrainSeed, r.Outcome.TestAccuracy, "percent");
            yield return ($"retrain-best:{r.Data}:{r.Recipe}", r.RetrainSeed, r.Outcome.BestTestAccuracy, "percent");
            yield return ($"retrain-parameters:{r.Data}:{r.Recipe}", r.RetrainSeed, r.Outcome.Parameters, "count");
        }
        foreach (var (column, value) in run.Table.OrderBy(t => t.Key, StringComparer.Ordinal)) yield return ($"table:{column}", null, value, "table");
        if (StructuralCollapse.Of(run) is { } collapsed) yield return ("structural_collapse", null, collapsed ? 1 : 0, "flag");
        if (run is { State: SeedRunState.Finished, Genotype: { } cells })
        {
            foreach (var shape in CellShape.Of(GenotypeText.Parse(run.Spec.Space.Name, cells)))
            {
                yield return ($"width:{Lower(shape.Type)}", null, shape.Width, "C");
                yield return ($"depth:{Lower(shape.Type)}", null, shape.Depth, "count");
                yield return ($"skips:{Lower(shape.Type)}", null, shape.Skips, "count");
            }
        }
        if (lambda is not null)
        {
            yield return ("lambda_max_first5", null, lambda.First5, "number");
            yield return ("lambda_max_last5", null, lambda.Last5, "number");
            yield return ("lambda_max_largest", null, lambda.Max, "number");
            yield return ("lambda_max_window", null, lambda.Window, "count");
            if (lambda.Batches is { } batches) yield return ("lambda_max_batches", null, batches, "count");
            yield return ("lambda_max_seconds", null, lambda.Seconds, "s");
        }
        if (AlignmentSummary.OfRun(run) is { } alignment)
        {
            yield return ("layer_alignment", null, alignment, "number");
        }
        var c = run.Cost;
        yield return ("grad_evals_w", null, c.GradEvalsW, "count");
        yield return ("grad_evals_alpha", null, c.GradEvalsAlpha, "count");
        yield return ("grad_evals_hessian", null, c.GradEvalsHessian, "count");
        yield return ("forward_evals", null, c.ForwardEvals, "count");
        yield return ("epochs_trained", null, c.EpochsTrained, "count");
        yield return ("epochs_kept", null, c.EpochsKept, "count");
        yield return ("discarded_seconds", null, c.DiscardedSeconds, "s");
        yield return ("wasted_seconds", null, c.WastedSeconds, "s");
        yield return ("search_seconds", null, c.SearchSeconds, "s");
        yield return ("retrain_seconds", null, c.RetrainSeconds, "s");
        yield return ("attempts", null, run.Attempts, "count");
    }

    private static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
