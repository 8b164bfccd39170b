using System.Globalization;
using System.Text;
using NasFarm.Analysis.Tables;
using NasFarm.Catalog.Methods;

namespace NasFarm.Analysis.Catalogs;

/// <summary>One setting of a method, for programs.</summary>
/// <param name="Default">Default where the space has none of its own.</param>
/// <param name="SpaceDefaults">Defaults of single spaces.</param>
/// <param name="Legal">What is legal, in words.</param>
public sealed record SettingEntry(
    string Name, HyperparameterType Type, object Default, IReadOnlyDictionary<string, object> SpaceDefaults, string? Unit, string Legal,
    double? Minimum, bool AboveMinimum, double? Maximum, IReadOnlyList<string> Allowed, string Description, string Source);

/// <summary>One method of the catalog, for programs.</summary>
/// <param name="Trains">It trains a supernet.</param>
/// <param name="Spaces">Spaces it may search, with the numerics revision that its results carry there.</param>
public sealed record MethodEntry(
    string Name, string Title, string Idea, string Source, bool Trains, IReadOnlyDictionary<string, int> Spaces, IReadOnlyList<SettingEntry> Settings)
{
    /// <summary>The entry of a method.</summary>
    public static MethodEntry Of(MethodDefinition method) => new(
        method.Name, method.Title, method.Idea, method.Source, method.Trains, method.Spaces.ToDictionary(s => s, method.NumericsRevision),
        [.. method.Settings.Select(s => new SettingEntry(
            s.Name, s.Type, s.Default, s.SpaceDefaults, s.Unit, s.Legal, s.Minimum, s.AboveMinimum, s.Maximum is >= int.MaxValue ? null : s.Maximum,
            s.Allowed, s.Description, s.Source))]);
}

/// <summary>The catalog of methods for the terminal.</summary>
public static class MethodPage
{
    /// <summary>A line per method.</summary>
    public static string List(IReadOnlyList<MethodDefinition> methods)
    {
        var table = new TextTable("method", "title", "settings", "spaces");
        var everywhere = methods.SelectMany(m => m.Spaces).Distinct().Count();
        foreach (var m in methods)
            table.Row(m.Name, m.Title, $"{m.Settings.Count}", m.Spaces.Count == everywhere ? "all" : string.Join(", ", m.Spaces));
        return $"{table}\n'nasfarm methods NAME' explains one.\n";
    }

    /// <summary>Everything about one method: idea, source, spaces, and every setting with default, range, meaning and source.</summary>
    public static string Render(MethodDefinition method)
    {
        var text = new StringBuilder($"{method.Name}: {method.Title}\n\n")
            .Append(TextTable.Wrap(method.Idea, ComparisonText.Width)).Append('\n')
            .Append(TextTable.Wrap($"Source: {method.Source}.", ComparisonText.Width))
            .Append(TextTable.Wrap($"Spaces: {string.Join(", ", method.Spaces)}.", ComparisonText.Width))
            .Append(method.Trains ? "" : "It trains no supernet.\n");
        text.Append(method.Settings.Count == 0 ? "\nIt has no settings.\n" : "\nSettings\n");
        foreach (var setting in method.Settings)
        {
            text.Append('\n').Append(TextTable.Wrap($"{setting.Name} = {Defaults(setting)}", ComparisonText.Width, "  "))
                .Append(TextTable.Wrap($"{Sentence(setting.Description)} Legal: {setting.Legal}{(setting.Unit is { } unit ? $", in {unit}" : "")}.", ComparisonText.Width, "      "))
                .Append(TextTable.Wrap($"[{setting.Source}]", ComparisonText.Width, "      "));
        }
        return text.ToString();
    }

    private static string Defaults(HyperparameterDefinition setting) => string.Join("; ",
        setting.SpaceDefaults.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => $"in {d.Key} {Value(d.Value)}").Prepend(Value(setting.Default)));

    private static string Value(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        string { Length: 0 } => "(none)",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
