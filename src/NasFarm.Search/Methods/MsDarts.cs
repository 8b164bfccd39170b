using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Perturbation;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;

namespace NasFarm.Search.Methods;

/// <summary>MS-DARTS (spec/algorithms.md §12): the weight step mixes with the mean shift of softmax(α) towards samples of high training
/// loss. Losses are those of the w batch, as in the released code; the paper's text has validation losses. The logits never see the shift.
/// The search ends with the genotype that stood after the epoch of the best validation accuracy, the first of equals; the released
/// repository logs the one that stood before it.</summary>
public sealed class MsDarts : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "ms-darts";

    /// <inheritdoc/>
    public WeightGradient WeightGradient(TrainingStep step) => step.WeightGradient(ShiftedRows(step));

    /// <summary>The rows that the weight step mixes with: so many mean shifts, one after the other. They may leave the simplex a little.</summary>
    public static MixtureRows ShiftedRows(TrainingStep step)
    {
        var (h, random) = (step.Settings, step.Random(StreamNames.Perturbation));
        var epsilon = PerturbationSchedule.Of(h).At(step.Epoch);
        var rows = step.Rows();
        for (var shift = 0; shift < h.Int("shifts"); shift++)
        {
            var samples = Enumerable.Range(0, h.Int("samples")).Select(_ => rows.Shaken(epsilon, random)).ToList();
            var projected = samples.Select(x => x.Projected()).ToList();
            var weights = MeanShift.LossWeights([.. projected.Select(step.EvaluatedLoss)]);
            rows = Shifted(rows, samples, projected, weights, h.Double("bandwidth"));
        }
        return rows;
    }

    /// <inheritdoc/>
    public SearchProgress AfterEpoch(SearchProgress progress, EpochResult epoch, SearchRun run)
    {
        var best = progress.Carried<BestEpoch>();
        return best is null || epoch.Validation.Accuracy > best.Accuracy
            ? progress.Carrying(new BestEpoch(progress.Epoch - 1, epoch.Validation.Accuracy, run.Genotype().ToString()))
            : progress;
    }

    /// <inheritdoc/>
    public Genotype FinalGenotype(SearchRun run)
    {
        if (run.Settings.Text("genotypeFrom") != MsDartsMethod.BestEpoch || run.State.Progress.Carried<BestEpoch>() is not { } best)
            return run.Genotype();
        run.Decide("best_epoch", new { epoch = best.Epoch, validAccuracy = best.Accuracy });
        return GenotypeText.Parse(run.Space, best.Genotype);
    }

    /// <summary>Each cell type has distances, and so a kernel, of its own; the losses are common.</summary>
    private static MixtureRows Shifted(
        MixtureRows rows, List<MixtureRows> samples, List<MixtureRows> projected, double[] weights, double bandwidth) =>
        rows with
        {
            Types = [.. rows.Types.Select((type, t) =>
                MeanShift.Shift(type, [.. samples.Select(x => x.Types[t])], [.. projected.Select(x => x.Types[t])], weights, bandwidth))],
        };

    private sealed record BestEpoch(int Epoch, double Accuracy, string Genotype);
}
