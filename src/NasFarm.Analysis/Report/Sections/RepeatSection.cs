using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Catalog.Results;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report.Sections;

/// <summary>What somebody needs to get the same numbers, and what every flag means.</summary>
internal static class RepeatSection
{
    public static XElement Of(SweepResult sweep, ComparisonReport report) => Section("repeat", "To repeat this",
        El("dl",
            Entry("Sweep", El("code", sweep.SweepId)),
            Entry("Code version", sweep.CodeVersion),
            Entry("Numerics revisions", string.Join(", ", sweep.Runs.Select(r => $"{r.Spec.Method} {r.Spec.NumericsRevision}").Distinct())),
            Entry("Search seeds", Seeds(sweep.Runs.Select(r => r.Spec.SearchSeed))),
            sweep.Runs.Any(r => r.Spec.DataOrderSeed != r.Spec.SearchSeed) ? Entry("Data-order seeds", Seeds(sweep.Runs.Select(r => r.Spec.DataOrderSeed))) : null,
            sweep.Runs.Any(r => r.Retrains.Count > 0) ? Entry("Retrain seeds", Seeds(sweep.Runs.SelectMany(r => r.Retrains).Select(r => r.RetrainSeed))) : null,
            Entry("Bootstrap", $"seed {report.Resampling.Seed}, {report.Resampling.Resamples} resamples"),
            sweep.Runs.Select(r => r.Spec.Data).Distinct().Select(d => Entry($"Data {d.Name}", El("code", d.ContentHash))),
            sweep.Fingerprints.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => Entry("Numerics", El("code", f.Key),
                $" libtorch {f.Value.Libtorch}, {f.Value.Blas}, {f.Value.InstructionSet}, {f.Value.Threads} thread{(f.Value.Threads == 1 ? "" : "s")}, {f.Value.ElementType}, " +
                $"{f.Value.Layout}, {f.Value.Device}{(f.Value.Cuda is { } cuda ? ", " + cuda : "")}, backend {f.Value.Backend}"))),
        El("h3", "Settings"),
        Table("Hyper-parameters by arm", ["arm", "settings, defaults written out"],
            sweep.Runs.Select(r => (r.Arm, Text: r.Spec.Hyperparameters.ToString())).Distinct().Select(r => (IReadOnlyList<object?>)[r.Arm, El("code", r.Text)])),
        El("h3", "Manifest"),
        El("pre", At("tabindex", "0"), At("aria-label", "Manifest"), sweep.Manifest),
        El("h3", "What the flags mean"),
        El("dl", report.Flags.Select(f => Entry(f.Flag, f.Meaning))));

    private static object Entry(string name, params object?[] value) => new object[] { El("dt", name), El("dd", value) };

    // Runs of consecutive seeds as first–last.
    private static string Seeds(IEnumerable<long> seeds)
    {
        var parts = new List<(long First, long Last)>();
        foreach (var seed in seeds.Distinct().Order())
        {
            if (parts.Count > 0 && parts[^1].Last + 1 == seed) parts[^1] = (parts[^1].First, seed);
            else parts.Add((seed, seed));
        }
        return string.Join(", ", parts.Select(p => p.First == p.Last ? $"{p.First}" : $"{p.First}–{p.Last}"));
    }
}
