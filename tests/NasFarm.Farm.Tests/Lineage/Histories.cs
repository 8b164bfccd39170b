using NasFarm.Catalog.Identity;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Retraining;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Lineage;
using NasFarm.Farm.Plans;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Lineage;

/// <summary>Recorded runs with ids that their content has.</summary>
internal static class Histories
{
    public const string Cell = "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|";

    public static readonly DataSpec Images = new() { Name = "fashion-mnist", ContentHash = "00" };

    /// <summary>A search of one phase and two retrain jobs, of which the second failed.</summary>
    public static RunHistory Of(PlannedRun run, double loss = 0.5, string edge = "2", string retrained = "done") => RunHistory.Parse(
        $$"""
        run {{run.RunId}} search finished diverged False
        genotype {{Cell}}
        unit {{run.RunId}}-p00 Search done
        metric 0 0 train_loss {{loss:R}}
        metric 1 0 lambda_max NaN
        decision 1 0 phase_end {"phase":0,"edges":[{"edge":{{edge}},"score":0.25}],"note":"a word or two"}
        outcome {"searchFinished":true,"trained":2}
        checkpoint abc bytes 10 trained 2 epoch 1
        {{string.Concat(run.Retrains.Select(job => $"unit {job.RetrainId} Retrain {retrained}\n"))}}
        """);

    public static PlannedRun Planned(string method = "sgas", long seed = 0, int retrains = 2, params string[] sources)
    {
        var spec = new SeedRunSpec
        {
            Method = method, NumericsRevision = MethodCatalog.Get(method).NumericsRevision("nas-bench-201"),
            Hyperparameters = MethodCatalog.Resolve(method, "nas-bench-201"), Space = new("nas-bench-201", 4, 1), Data = Images,
            SearchSeed = seed, DataOrderSeed = seed, PlaceboSources = sources,
        };
        var id = ContentId.OfSeedRun(spec);
        var target = new RetrainSpec
        {
            Data = Images, Recipe = "nas-bench-201", Settings = RecipeCatalog.Resolve("nas-bench-201", "nas-bench-201"),
            NumericsRevision = RecipeCatalog.Get("nas-bench-201").NumericsRevision("nas-bench-201"),
        };
        return new(id, method, spec, [.. Enumerable.Range(0, retrains).Select(n => new PlannedRetrain(ContentId.OfRetrain(id, target, n), target, n))], Table: false);
    }

    public static RecordedRun Recorded(PlannedRun run, RunHistory? history = null) => new()
    {
        Run = run, Execution = new(AllowNumericsChange: true), CodeVersion = "0.1.0+old", Fingerprints = [Fingerprint], History = history ?? Of(run),
    };
}
