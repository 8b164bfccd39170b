using System.Text;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Retraining;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Manifests;

/// <summary>YAML → <see cref="Manifest"/>. Errors come in three rounds, each complete: is it YAML within the limits; is every key and value
/// known and in range; do the parts fit each other. A manifest runs no code, opens no file and asks no network.</summary>
public static class ManifestReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file. Throws <see cref="ManifestException"/> with every error of the round that failed,
    /// <see cref="IOException"/> when the file cannot be read.</summary>
    public static Manifest ReadFile(string path)
    {
        var name = Path.GetFileName(path);
        using var stream = File.OpenRead(path);
        if (stream.Length > YamlText.MaxBytes)
            throw Single(name, $"the manifest is {stream.Length:N0} bytes long; the limit is {YamlText.MaxBytes:N0}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        try
        {
            return Read(StrictUtf8.GetString(bytes), name);
        }
        catch (DecoderFallbackException e)
        {
            throw Single(name, $"byte {e.Index} is not UTF-8; save the file as UTF-8.");
        }
    }

    /// <summary>Reads a text; <paramref name="file"/> names it in messages.</summary>
    public static Manifest Read(string text, string file = "manifest.yaml")
    {
        var errors = new ErrorList(file);
        var root = YamlText.Read(text, errors);
        errors.ThrowIfAny();
        ShapeCheck.Check(root!, ManifestKeys.Root, errors);
        errors.ThrowIfAny();
        var manifest = Build((YamlMap)root!, text, file, errors);
        errors.ThrowIfAny();
        ManifestRules.Check(manifest, errors);
        errors.ThrowIfAny();
        return manifest;
    }

    private static ManifestException Single(string file, string message) => new([new(file, new(1, 1, ""), message)]);

    private static Manifest Build(YamlMap root, string text, string file, ErrorList errors)
    {
        var metadata = root.Map(ManifestKeys.Metadata)!;
        var spec = root.Map(ManifestKeys.Spec)!;
        var comparison = spec.Map(ManifestKeys.Comparison);
        var execution = spec.Map(ManifestKeys.Execution);
        var retry = spec.Map(ManifestKeys.Retry);
        var primary = Items(comparison?[ManifestKeys.Primary.Key]).Cast<YamlScalar>().ToList();
        var looks = Looks(spec[ManifestKeys.Seeds.Key]!, errors);
        return new()
        {
            Text = text,
            File = file,
            Name = metadata.Text(ManifestKeys.Name)!,
            Tenant = metadata.Text(ManifestKeys.Tenant)!,
            Seeds = Seeds(spec[ManifestKeys.Seeds.Key]!, errors, looks?[^1]),
            Looks = looks,
            LooksAt = looks is null ? null : ((YamlMap)spec[ManifestKeys.Seeds.Key]!)[ManifestKeys.Looks.Key]!.Place,
            DataOrderSeeds = spec[ManifestKeys.DataOrderSeeds.Key] is { } order ? Seeds(order, errors) : null,
            Spaces = Spaces(spec, errors),
            Data = [.. Items(spec[ManifestKeys.Data.Key]).Cast<YamlMap>().Select(SearchData)],
            NoneRule = Enum<NoneRule>(spec, ManifestKeys.NoneRuleKey),
            Arms = Arms(spec, errors),
            Retrains = [.. Items(spec[ManifestKeys.Retrain.Key]).Cast<YamlMap>().Select(m => RetrainTarget(m, errors))],
            Table = spec.Map(ManifestKeys.Evaluate).Flag(ManifestKeys.Table),
            PrimaryAt = [.. primary.Select(p => p.Place)],
            MethodsAt = spec[ManifestKeys.Methods.Key]!.Place,
            SeedsAt = spec[ManifestKeys.Seeds.Key]!.Place,
            EvaluateAt = spec.Map(ManifestKeys.Evaluate)?.Place,
            CheckpointEveryAt = execution?[ManifestKeys.CheckpointEveryEpochs.Key]?.Place,
            Comparison = new(
                primary.ElementAtOrDefault(0)?.Text, primary.ElementAtOrDefault(1)?.Text, comparison.Text(ManifestKeys.BudgetMatch)!)
            {
                // The default written out is the same science, and so the same id.
                Alpha = comparison.Number(ManifestKeys.Alpha) is { } alpha and not ComparisonSpec.DefaultAlpha ? alpha : null,
            },
            ComparisonAt = spec.Map(ManifestKeys.Comparison)?.Place,
            Execution = new(
                execution.Text(ManifestKeys.Device)!, execution.Int(ManifestKeys.Threads)!.Value,
                execution.Flag(ManifestKeys.AllowNumericsChange), execution.Int(ManifestKeys.CheckpointEveryEpochs)!.Value),
            MaxAttempts = retry.Int(ManifestKeys.MaxAttempts)!.Value,
            WallLimit = retry.Int(ManifestKeys.WallLimitMinutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
            Priority = spec.Int(ManifestKeys.Priority)!.Value,
            Weight = spec.Int(ManifestKeys.Weight)!.Value,
            Preemption = spec.Flag(ManifestKeys.Preemption),
            Resources = Resources(execution.Map(ManifestKeys.Resources)),
        };
    }

    private static ResourceRequest Resources(YamlMap? map) => ResourceRequest.Of(
        map.Text(ManifestKeys.Memory) is { } memory ? MemorySize.Parse(memory) : 0,
        Items(map?[ManifestKeys.SlotLabels.Key]).Cast<YamlScalar>().Select(label => label.Text));

    /// <summary>Seeds of the looks; null where a count or a list of seeds stands.</summary>
    private static List<int>? Looks(YamlNode node, ErrorList errors)
    {
        if (node is not YamlMap map)
            return null;
        var (count, looks) = (map[ManifestKeys.Count.Key], map[ManifestKeys.Looks.Key] as YamlList);
        if (count is null == looks is null)
            errors.Add(map.Place, looks is null
                ? "'count' is missing: write how many seeds, or looks with a list of numbers of seeds."
                : "'count' and 'looks' both stand here; keep one.");
        var seeds = looks?.Items.Cast<YamlScalar>().ToList();
        foreach (var (before, look) in seeds?.Zip(seeds.Skip(1)) ?? [])
            if (look.Whole <= before.Whole)
                errors.Add(look.Place, $"a look after {look.Whole} seeds stands behind one after {before.Whole}; looks must grow.");
        return seeds is null ? null : [.. seeds.Select(look => (int)look.Whole!.Value)];
    }

    private static List<long> Seeds(YamlNode node, ErrorList errors, int? lastLook = null)
    {
        if (node is YamlMap range)
        {
            // Neither a count nor looks: that has been said, and one seed lets the reader go on.
            var (start, count) = (range.Long(ManifestKeys.Start)!.Value, range.Int(ManifestKeys.Count) ?? lastLook ?? 1);
            if (start + count - 1 > int.MaxValue)
                errors.Add(range.Place, $"the last seed would be {start + count - 1}; seeds end at {int.MaxValue}.");
            return [.. Enumerable.Range(0, count).Select(i => start + i)];
        }
        var seeds = new List<long>();
        var seen = new Dictionary<long, Place>();
        foreach (var item in Items(node).Cast<YamlScalar>())
        {
            var seed = item.Whole!.Value;
            if (seen.TryAdd(seed, item.Place)) seeds.Add(seed);
            else
                errors.Add(item.Place,
                    $"seed {seed} stands here a second time (first in line {seen[seed].Line}); a run is made once per seed.");
        }
        return seeds;
    }

    private static List<SpaceChoice> Spaces(YamlMap spec, ErrorList errors)
    {
        var (one, many) = (spec[ManifestKeys.Space.Key], spec[ManifestKeys.Spaces.Key]);
        if (one is null == many is null)
            errors.Add((many ?? spec).Place, one is null ? "'space' is missing: write space: { name: … }, or spaces with a "
                + "list." : "'space' and 'spaces' both stand here; keep one.");
        var choices = new List<SpaceChoice>();
        foreach (var map in (one is null ? Items(many) : [one]).Cast<YamlMap>())
        {
            var space = SearchSpaces.Get(map.Text(ManifestKeys.SpaceName)!);
            var (channels, cells) = (map.Int(ManifestKeys.Channels), map.Int(ManifestKeys.Cells));
            var choice = new SpaceSpec(space.Name, channels ?? space.DefaultChannels, cells ?? space.DefaultCells);
            foreach (var sentence in space.CheckSize(choice.Channels, choice.Cells)) errors.Add(map.Place, sentence);
            if (choices.Any(c => c.Spec == choice))
                errors.Add(map.Place,
                    $"space {choice.Name} with {choice.Channels} channels and {choice.Cells} cells stands here a second time; keep one.");
            choices.Add(new(choice, map.Place));
        }
        return choices;
    }

    private static DataChoice SearchData(YamlMap map) => new(map.Text(ManifestKeys.DataName)!, map.Place)
    {
        ImageSize = map.Int(ManifestKeys.ImageSize),
        TrainImages = map.Int(ManifestKeys.TrainImages),
        AlphaImages = map.Int(ManifestKeys.AlphaImages),
        Split = Enum<SplitRule>(map, ManifestKeys.Split),
        Augment = map.Flag(ManifestKeys.Augment),
    };

    private static RetrainChoice RetrainTarget(YamlMap map, ErrorList errors)
    {
        var data = new DataChoice(map.Text(ManifestKeys.RetrainData)!, map.Place)
        {
            ImageSize = map.Int(ManifestKeys.RetrainSize),
            TrainImages = map.Int(ManifestKeys.RetrainImages),
            TestImages = map.Int(ManifestKeys.TestImages),
        };
        var recipe = map.Text(ManifestKeys.Recipe);
        List<Given> settings = recipe is not null && map["settings"] is YamlMap given
            ? Settings(given.Entries, RecipeCatalog.Get(recipe).Settings)
            : [];
        var seeds = map[ManifestKeys.RetrainSeeds.Key] is { } node ? Seeds(node, errors) : [0];
        return new(data, recipe, Values(settings), seeds, map.Place, Places(settings));
    }

    private static List<Arm> Arms(YamlMap spec, ErrorList errors)
    {
        var shared = spec.Map(ManifestKeys.Defaults).Map(ManifestKeys.SharedSettings)?.Entries ?? [];
        var unused = shared.ToDictionary(e => e.Key);
        var arms = new List<Arm>();
        foreach (var node in Items(spec[ManifestKeys.Methods.Key]))
        {
            var map = node as YamlMap;
            var method = MethodCatalog.Get(((YamlScalar)(map?["name"] ?? node)).Text);
            var label = map.Text(ManifestKeys.ArmLabel) ?? method.Name;
            var own = (map?["hyperparameters"] as YamlMap)?.Entries ?? [];
            var settings = Settings(own.Concat(shared.ExceptBy(own.Select(e => e.Key), e => e.Key)), method.Settings);
            foreach (var definition in method.Settings) unused.Remove(definition.Name);
            if (arms.FirstOrDefault(a => a.Label == label) is { } same)
                errors.Add(node.Place,
                    $"the arm '{label}' stands here a second time (first in line {same.At.Line}); give it a label with 'as'.");
            arms.Add(new(label, method.Name, Values(settings), map.Text(ManifestKeys.Source), node.Place, Places(settings)));
        }
        foreach (var entry in unused.Values)
            errors.Add(entry.KeyPlace, $"no method of this sweep has the setting '{entry.Key}'; remove it.");
        return arms;
    }

    /// <summary>A setting as the manifest gives it.</summary>
    private sealed record Given(string Name, object Value, Place At);

    /// <summary>Entries that are settings of the definitions, with typed values.</summary>
    private static List<Given> Settings(IEnumerable<YamlEntry> entries, IReadOnlyList<HyperparameterDefinition> definitions) =>
        [.. from entry in entries
            join definition in definitions on entry.Key equals definition.Name
            select new Given(entry.Key, new SettingShape(definition).Value((YamlScalar)entry.Value)!, entry.Value.Place)];

    private static Hyperparameters Values(List<Given> settings) => new(settings.Select(s => KeyValuePair.Create(s.Name, s.Value)));

    private static Dictionary<string, Place> Places(List<Given> settings) => settings.ToDictionary(s => s.Name, s => s.At);

    private static IReadOnlyList<YamlNode> Items(YamlNode? node) => node switch { null => [], YamlList list => list.Items, _ => [node] };

    private static T Enum<T>(YamlMap map, Field field) where T : struct, Enum =>
        JsonSerializer.Deserialize<T>($"\"{map.Text(field)}\"", CatalogJson.Compact);
}

/// <summary>Typed reading of checked mappings; an absent key, or an absent mapping, reads as the field's default.</summary>
internal static class FieldReading
{
    public static YamlMap? Map(this YamlMap? map, Field field) => map?[field.Key] as YamlMap;

    public static string? Text(this YamlMap? map, Field field) =>
        map?[field.Key] is YamlScalar scalar ? scalar.Text : field.Default is string and not ['(', ..] ? (string)field.Default : null;

    public static long? Long(this YamlMap? map, Field field) => (map?[field.Key] as YamlScalar)?.Whole ?? field.Default as long?;

    public static int? Int(this YamlMap? map, Field field) => (int?)map.Long(field);

    public static double? Number(this YamlMap? map, Field field) => (map?[field.Key] as YamlScalar)?.Number ?? field.Default as double?;

    public static bool Flag(this YamlMap? map, Field field) => (map?[field.Key] as YamlScalar)?.Flag ?? (bool)field.Default!;
}
