using NasFarm.Catalog.Collapse;
using NasFarm.Catalog.Data;
using NasFarm.Catalog.Identity;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Retraining;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Manifests;

namespace NasFarm.Farm.Plans;

/// <summary>Manifest → plan: arms × spaces × data × seeds, every setting written out, every id computed. Reads data descriptions and
/// nothing else; the same manifest, data and code give the same plan to the byte.</summary>
public sealed class Planner
{
    private readonly Manifest manifest;
    private readonly PlanOptions options;
    private readonly ErrorList errors;
    private readonly PlannedData data;

    private Planner(Manifest manifest, IDataSets dataSets, PlanOptions options)
    {
        (this.manifest, this.options, errors) = (manifest, options, new ErrorList(manifest.File));
        data = new(dataSets, errors);
    }

    /// <summary>Plans. Throws <see cref="ManifestException"/> with every error that needs the data to be seen: a set that is unknown or
    /// absent, more images than there are, a batch larger than its images, a size that cannot be made.</summary>
    public static SweepPlan Plan(Manifest manifest, IDataSets dataSets, string codeVersion, PlanOptions? options = null) =>
        new Planner(manifest, dataSets, options ?? new()).Plan(codeVersion);

    private SweepPlan Plan(string codeVersion)
    {
        var settings = Settings();
        errors.ThrowIfAny();
        var runs = Runs(settings);
        return new()
        {
            SweepId = SweepId(runs),
            Name = manifest.Name,
            Tenant = manifest.Tenant,
            Manifest = manifest.Text,
            Arms = [.. manifest.Arms.Select(a => a.Label)],
            Comparison = manifest.Comparison,
            Looks = manifest.Looks,
            Runs = runs,
            Execution = manifest.Execution,
            MaxAttempts = manifest.MaxAttempts,
            WallLimit = manifest.WallLimit,
            Priority = manifest.Priority,
            Weight = manifest.Weight,
            Preemption = manifest.Preemption,
            Resources = manifest.Resources,
            CodeVersion = codeVersion,
        };
    }

    /// <summary>One arm in one space on one data set, with the retrain targets of that space.</summary>
    private sealed class Setting(
        Arm arm, SpaceSpec space, DataSpec data, Hyperparameters hyperparameters, int phases, IReadOnlyList<Target> targets)
    {
        public Arm Arm => arm;

        public SpaceSpec Space => space;

        public DataSpec Data => data;

        public Hyperparameters Hyperparameters => hyperparameters;

        public int Phases => phases;

        public IReadOnlyList<Target> Targets => targets;
    }

    private sealed record Target(RetrainSpec Spec, IReadOnlyList<long> Seeds);

    private List<Setting> Settings()
    {
        var searchData = manifest.Data.Select(d => (Choice: d, Spec: data.Search(d))).ToList();
        var retrainData = manifest.Retrains.Select(r => (Choice: r, Spec: data.Retrain(r.Data))).ToList();
        var targets = manifest.Spaces.ToDictionary(s => s.Spec, s => (IReadOnlyList<Target>)
            [.. from r in retrainData where r.Spec is not null select RetrainTarget(r.Choice, r.Spec, s.Spec.Name)]);
        return [.. from arm in manifest.Arms
                   from space in manifest.Spaces
                   from d in searchData
                   where d.Spec is not null
                   select SearchSetting(arm, space.Spec, d.Choice, d.Spec, targets[space.Spec])];
    }

    private Setting SearchSetting(Arm arm, SpaceSpec space, DataChoice choice, DataSpec spec, IReadOnlyList<Target> targets)
    {
        var hyperparameters = arm.Resolve(space.Name);
        var phases = PhasePlan.Of(arm.Method, hyperparameters, space.Name).Phases;
        var largest = phases.Max(p => p.BatchSize);
        var half = data.Info(choice)!.TrainImages / 2;
        foreach (var (key, images) in new[] { ("trainImages", spec.TrainImages ?? half), ("alphaImages", spec.AlphaImages ?? half) })
            if (largest > images)
                errors.Add(arm.SettingsAt.GetValueOrDefault("batchSize", arm.At),
                    $"'{arm.Label}' reaches a batch of {largest} images, and {key} of {spec.Name} is {images}. Take a smaller "
                        + "batchSize or batchIncrease, or more images.");
        return new(arm, space, spec, hyperparameters, phases.Count, targets);
    }

    private Target RetrainTarget(RetrainChoice choice, DataSpec spec, string space)
    {
        var recipe = RecipeCatalog.Get(choice.RecipeFor(space));
        var settings = choice.Resolve(space);
        foreach (var (setting, message) in RecipeOnData(settings, spec, data.Info(choice.Data)!))
            errors.Add(choice.SettingsAt.GetValueOrDefault(setting, choice.At), message);
        return new(
            new() { Data = spec, Recipe = recipe.Name, Settings = settings, NumericsRevision = recipe.NumericsRevision(space) },
            choice.Seeds);
    }

    /// <summary>What the settings of a recipe and the images of a target must be to each other (spec/retraining-and-data.md §1,
    /// §3).</summary>
    private static IEnumerable<(string Setting, string Message)> RecipeOnData(Hyperparameters settings, DataSpec spec, DataSetInfo info)
    {
        var (batch, images) = (settings.Int("batchSize"), spec.TrainImages ?? info.TrainImages);
        if (batch > images)
            yield return ("batchSize", $"batches have {batch} images, and trainImages is {images}. Set batchSize to {images} or fewer.");

        var (augmentation, crop, native) = (settings.Text("augmentation"), settings.Int("trainImageSize"), info.Height);
        if (spec.ImageSize is { } side && crop != side)
            yield return ("trainImageSize", $"trainImageSize is {crop} and imageSize is {side}; the network trains on imageSize. Leave "
                + "trainImageSize out.");
        else if (spec.ImageSize is null && augmentation == "crop-flip" && crop > native + 8)
            yield return ("trainImageSize", $"trainImageSize is {crop}; a crop from {native}×{native} images padded by 4 is at most "
                + $"{native + 8}.");
        if (augmentation == "affine" && crop < native)
            yield return ("trainImageSize", $"trainImageSize is {crop}; the affine augmentation scales {native}×{native} images up, "
                + $"never down. Take {native} or more, or crop-flip.");
        if (spec.ImageSize < 32 && settings.Text("testMode") != "paper")
            yield return ("testMode", $"testMode {settings.Text("testMode")} shows 32-pixel images to a network trained on "
                + $"{spec.ImageSize}. Write testMode: paper.");

        var trained = augmentation == "none" ? spec.ImageSize ?? native : crop;
        if (trained % 4 != 0)
            yield return ("trainImageSize", $"training images of {trained}×{trained} cannot be halved twice; the side must be a "
                + "multiple of 4.");
        if (settings.Bool("auxiliary") && trained < 32)
            yield return ("auxiliary", $"auxiliary is true with training images of {trained}×{trained}; the head needs at least 32. "
                + "Write auxiliary: false, or imageSize: 32.");
    }

    /// <summary>The seed-runs of one setting, seeds ascending. A given cell is not searched: one run, its spread comes from retrain
    /// seeds.</summary>
    private IEnumerable<SeedRunSpec> Searches(Setting setting)
    {
        var given = setting.Arm.Method == ManifestKeys.GivenCell;
        IEnumerable<long> seeds = given ? [manifest.Seeds.Min()] : manifest.Seeds.Order();
        foreach (var seed in seeds)
        {
            IEnumerable<long> orders = given || manifest.DataOrderSeeds is null ? [seed] : manifest.DataOrderSeeds.Order();
            foreach (var order in orders)
            {
                yield return new()
                {
                    Tenant = manifest.Tenant,
                    Method = setting.Arm.Method,
                    NumericsRevision = MethodCatalog.Get(setting.Arm.Method).NumericsRevision(setting.Space.Name),
                    Hyperparameters = setting.Hyperparameters,
                    Space = setting.Space,
                    Data = setting.Data,
                    NoneRule = manifest.NoneRule,
                    SearchSeed = seed,
                    DataOrderSeed = order,
                    Generation = options.Generation,
                };
            }
        }
    }

    /// <summary>Every run with its id, settings in order. Placebo runs are made last: they hash their sources' ids.</summary>
    private List<PlannedRun> Runs(List<Setting> settings)
    {
        var made = settings.Where(s => s.Arm.Method != ManifestKeys.SgasEsPlacebo)
            .ToDictionary(s => s, s => Searches(s).Select(r => Run(s, r)).ToList());
        return [.. settings.SelectMany(s => made.TryGetValue(s, out var runs)
            ? runs
            : Searches(s).Select(r => Run(s, Fed(r, made[SourceOf(s)]))))];

        Setting SourceOf(Setting placebo)
        {
            var source = ManifestRules.PlaceboSource(manifest, placebo.Arm);
            return settings.Single(s => s.Arm == source && s.Space == placebo.Space && s.Data == placebo.Data);
        }
    }

    /// <summary>A placebo run is fed by its source arm's runs of other seeds in the same setting, and, where the data order is a factor of
    /// its own, of the same data order. With looks, of seeds of its own look or an earlier one: a later one may never run.</summary>
    private SeedRunSpec Fed(SeedRunSpec placebo, List<PlannedRun> sources) => placebo with
    {
        PlaceboSources = [.. sources
            .Where(s => s.Spec.SearchSeed != placebo.SearchSeed)
            .Where(s => manifest.DataOrderSeeds is null || s.Spec.DataOrderSeed == placebo.DataOrderSeed)
            .Where(s => s.Look <= LookOf(placebo.SearchSeed))
            .Select(s => s.RunId).Order(StringComparer.Ordinal)],
    };

    private PlannedRun Run(Setting setting, SeedRunSpec spec)
    {
        var runId = ContentId.OfSeedRun(spec);
        return new(runId, setting.Arm.Label, spec, Retrains(runId, setting.Targets), manifest.Table)
        {
            Phases = setting.Phases,
            Look = LookOf(spec.SearchSeed),
        };
    }

    /// <summary>The first look that a seed belongs to, from 1; 0 without looks. Seeds of looks are consecutive.</summary>
    private int LookOf(long seed) => manifest.Looks is { } looks ? 1 + looks.Count(seeds => seeds <= seed - manifest.Seeds[0]) : 0;

    private static List<PlannedRetrain> Retrains(string runId, IReadOnlyList<Target> targets) =>
        [.. from target in targets
            from seed in target.Seeds.Order()
            select new PlannedRetrain(ContentId.OfRetrain(runId, target.Spec, seed), target.Spec, seed)];

    /// <summary>What makes two sweeps the same: tenant, what is run and wanted under which label, what is compared, and what counts as a
    /// collapse. The order in which a manifest lists arms, seeds or targets is not in it, nor are name, priority, retries and
    /// execution. Without looks it is what it was before there were any.</summary>
    private string SweepId(List<PlannedRun> runs) => ContentId.OfSweep(new SweepIdentity(
        manifest.Tenant,
        [.. runs.Select(r => new WantedRun(r.Arm, r.RunId, r.Table, [.. r.Retrains.Select(t => t.RetrainId).Order(StringComparer.Ordinal)]))
            .OrderBy(r => r.Arm, StringComparer.Ordinal).ThenBy(r => r.RunId, StringComparer.Ordinal)],
        manifest.Comparison,
        [.. manifest.Spaces.Select(s => s.Spec.Name).Distinct().Order(StringComparer.Ordinal).Select(CollapseDefinition.For)],
        manifest.Looks));

    private sealed record SweepIdentity(
        string Tenant, IReadOnlyList<WantedRun> Runs, ComparisonSpec Comparison, IReadOnlyList<CollapseDefinition> Collapse,
        IReadOnlyList<int>? Looks);

    private sealed record WantedRun(string Arm, string RunId, bool Table, IReadOnlyList<string> Retrains);
}
