using System.Globalization;
using System.Text.RegularExpressions;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Retraining;
using NasFarm.Farm.Manifests;

namespace NasFarm.Farm.Tests.Manifests;

/// <summary>The tables of docs/reference/manifest.md come from the code, and its example is a manifest.</summary>
public class ManifestReferenceTests
{
    private const string Page = "docs/reference/manifest.md";

    [Fact]
    public void The_tables_of_the_page_are_those_of_the_code()
    {
        var page = File.ReadAllText(RepositoryFile.Path(Page));
        page = Fill(page, "keys", Keys());
        page = Fill(page, "methods", Settings("method", MethodCatalog.All.Select(m => (m.Name, m.Settings))));
        page = Fill(page, "recipes", Settings("recipe", RecipeCatalog.All.Select(r => (r.Name, r.Settings))));
        RepositoryFile.AssertGolden(Page, page);
    }

    [Fact]
    public void The_example_of_the_page_is_a_manifest()
    {
        var example = Regex.Match(File.ReadAllText(RepositoryFile.Path(Page)), "```yaml\n(apiVersion.*?)```", RegexOptions.Singleline).Groups[1].Value;
        Assert.Equal(3, ManifestReader.Read(example).Arms.Count);
    }

    private static string Fill(string page, string name, IEnumerable<string> lines)
    {
        var (open, close) = ($"<!-- {name} -->\n", $"<!-- /{name} -->");
        var (from, to) = (page.IndexOf(open, StringComparison.Ordinal) + open.Length, page.IndexOf(close, StringComparison.Ordinal));
        Assert.True(from >= open.Length && to >= from, $"{Page} has no place for {name}.");
        return page[..from] + string.Concat(lines.Select(l => l + "\n")) + page[to..];
    }

    private static IEnumerable<string> Keys() =>
        new[] { "| key | value | default | meaning |", "|---|---|---|---|" }.Concat(Rows("", ManifestKeys.Root, new(ReferenceEqualityComparer.Instance)));

    /// <summary>Rows of what stands inside a shape; a shape that stands in several places is written out at the first.</summary>
    private static IEnumerable<string> Rows(string path, Shape shape, HashSet<Shape> seen) => shape switch
    {
        MapShape map => seen.Add(map) ? map.Fields.SelectMany(f => Row(path, f, seen)) : [],
        NamedShape named => Fields(named).SelectMany(f => Row(path, f, seen)),
        EitherShape either => either.Forms.SelectMany(f => Rows(path, f, seen)),
        ListShape list => Rows(path + "[]", list.Item, seen),
        _ => [],
    };

    /// <summary>Every key of every variant once, as the variant without a name has it where there is one.</summary>
    private static IEnumerable<Field> Fields(NamedShape named) =>
        from key in named.ByName.Values.SelectMany(m => m.Fields).GroupBy(f => f.Key)
        let field = named.Unnamed?.Fields.FirstOrDefault(f => f.Key == key.Key) ?? key.First()
        select key.Key == named.Key ? field with { Shape = ((TextShape)field.Shape) with { Choices = [.. named.ByName.Keys] } } : field;

    private static IEnumerable<string> Row(string path, Field field, HashSet<Shape> seen)
    {
        var full = path.Length == 0 ? field.Key : $"{path}.{field.Key}";
        var settings = field.Shape is MapShape map && map.Fields.Any(f => f.Shape is SettingShape);
        var row = $"| `{full}` | {Value(field.Shape, settings)} | {(field.Required ? "required" : Default(field.Default))} | {field.Shape.Description} |";
        return settings ? [row] : Rows(full, field.Shape, seen).Prepend(row);
    }

    private static string Value(Shape shape, bool settings) => shape switch
    {
        _ when settings => "settings, below",
        MapShape => "mapping",
        NamedShape => "mapping",
        ListShape list => list.Wants[2..],
        EitherShape either => string.Join(" or ", either.Forms.Select(f => Value(f, false)).Distinct()),
        TextShape { Choices: { } choices } => string.Join(", ", choices.Select(c => $"`{c}`")),
        TextShape { PatternSays: { } says } => says,
        _ => shape.Wants,
    };

    private static string Default(object? value) => value switch
    {
        string text when text.StartsWith('(') => text.Trim('(', ')'),
        null => "",
        bool flag => flag ? "`true`" : "`false`",
        _ => string.Create(CultureInfo.InvariantCulture, $"`{value}`"),
    };

    private static IEnumerable<string> Settings(string owner, IEnumerable<(string Name, IReadOnlyList<HyperparameterDefinition> Settings)> owners)
    {
        yield return $"| setting | legal | default by {owner} | meaning |";
        yield return "|---|---|---|---|";
        foreach (var setting in owners.SelectMany(o => o.Settings, (o, s) => (Owner: o.Name, Setting: s)).GroupBy(s => s.Setting.Name))
        {
            var defaults = setting.GroupBy(s => Words(s.Setting)).Select(g => $"{g.Key} ({string.Join(", ", g.Select(s => s.Owner))})");
            var first = setting.First().Setting;
            yield return $"| `{setting.Key}` | {first.Legal}{(first.Unit is { } unit ? $" ({unit})" : "")} | {string.Join("; ", defaults)} | {first.Description} |";
        }
    }

    private static string Words(HyperparameterDefinition s) =>
        Default(s.Default is "" ? "(none)" : s.Default) + string.Concat(s.SpaceDefaults.Select(d => $", {Default(d.Value)} in {d.Key}"));
}
