using System.Text.RegularExpressions;
using NasFarm.Catalog.Methods;

namespace NasFarm.Farm.Manifests;

/// <summary>Holds nodes against shapes and adds every difference to the errors: unknown keys, missing keys, wrong types, values out of
/// range.</summary>
internal static class ShapeCheck
{
    public static void Check(YamlNode node, Shape shape, ErrorList errors)
    {
        switch (shape)
        {
            case EitherShape either when either.FormOf(node) is { } form: Check(node, form, errors); break;
            case NamedShape named when node is YamlMap map: CheckNamed(map, named, errors); break;
            case MapShape fields when node is YamlMap map: CheckMap(map, fields, errors); break;
            case ListShape list when node is YamlList items: CheckList(items, list, errors); break;
            case TextShape text when node is YamlScalar scalar: CheckText(scalar, text, errors); break;
            case WholeShape whole when node is YamlScalar { Whole: { } value }:
                if (value < whole.Min || value > whole.Max) Refuse(node, shape, errors);
                break;
            case NumberShape number when node is YamlScalar { Number: { } value }:
                if (!(value > number.Above && value < number.Below)) Refuse(node, shape, errors);
                break;
            case SettingShape setting when node is YamlScalar scalar:
                if (setting.Value(scalar) is null) Refuse(node, shape, errors);
                break;
            case FlagShape when node is YamlScalar { Flag: not null }: break;
            default: Refuse(node, shape, errors); break;
        }
    }

    private static void Refuse(YamlNode node, Shape shape, ErrorList errors)
    {
        var slip = (node, shape) switch
        {
            (YamlScalar { IsNull: true }, _) => " Give it a value or remove the key.",
            (YamlScalar { Quoted: true } s, not (TextShape or SettingShape { Definition.Type: HyperparameterType.Text })) => " Remove "
                + $"the quotes if you mean {s.Short}.",
            (YamlScalar { Text: "yes" or "on" or "Yes" or "On" }, FlagShape) => " Write true.",
            (YamlScalar { Text: "no" or "off" or "No" or "Off" }, FlagShape) => " Write false.",
            (YamlScalar, ListShape) => $" Write [{((YamlScalar)node).Short}].",
            _ => "",
        };
        errors.Add(node.Place, $"{node.Says} stands here; it must be {shape.Wants}.{slip}");
    }

    private static void CheckText(YamlScalar scalar, TextShape shape, ErrorList errors)
    {
        if (scalar.IsNull || (!scalar.Quoted && shape.Choices is null && scalar is not { Whole: null, Number: null, Flag: null }))
        {
            Refuse(scalar, shape, errors);
        }
        else if (shape.Choices is { } choices)
        {
            if (!choices.Contains(scalar.Text))
                errors.Add(scalar.Place, $"'{scalar.Short}' is not a known {shape.What}{Nearest.Hint(scalar.Text, choices)}");
        }
        else if (shape.Pattern is { } pattern && !Regex.IsMatch(scalar.Text, pattern, RegexOptions.NonBacktracking))
        {
            Refuse(scalar, shape, errors);
        }
    }

    private static void CheckList(YamlList list, ListShape shape, ErrorList errors)
    {
        if (list.Items.Count < shape.Min || list.Items.Count > shape.Max) Refuse(list, shape, errors);
        else foreach (var item in list.Items) Check(item, shape.Item, errors);
    }

    private static void CheckNamed(YamlMap map, NamedShape shape, ErrorList errors)
    {
        var name = map[shape.Key] as YamlScalar;
        if (name is null && shape.Unnamed is { } unnamed)
        {
            var known = unnamed.Fields.Select(f => f.Key);
            var named = shape.ByName.Values.SelectMany(v => v.Fields).Select(f => f.Key).Except(known).ToHashSet();
            var dependent = map.Entries.Where(e => named.Contains(e.Key)).ToList();
            foreach (var entry in dependent)
                errors.Add(entry.KeyPlace,
                    $"'{entry.Key}' depends on the {shape.What}; name it with '{shape.Key}': {string.Join(", ", shape.ByName.Keys)}.");
            CheckMap(map with { Entries = [.. map.Entries.Except(dependent)] }, unnamed, errors);
        }
        else if (name is null)
        {
            errors.Add(map.Place, $"'{shape.Key}' is missing; name a {shape.What}: {string.Join(", ", shape.ByName.Keys)}.");
        }
        else if (!shape.ByName.TryGetValue(name.Text, out var fields))
        {
            errors.Add(name.Place, $"'{name.Short}' is not a known {shape.What}{Nearest.Hint(name.Text, [.. shape.ByName.Keys])}");
        }
        else
        {
            CheckMap(map, fields, errors, $"{shape.What} {name.Text}");
        }
    }

    private static void CheckMap(YamlMap map, MapShape shape, ErrorList errors, string? owner = null)
    {
        foreach (var entry in map.Entries)
        {
            if (shape.Fields.FirstOrDefault(f => f.Key == entry.Key) is { } field)
            {
                if (entry.Value is YamlScalar { IsNull: true }) Refuse(entry.Value with { Place = entry.KeyPlace }, field.Shape, errors);
                else if (field.Shape is MapShape inner && entry.Value is YamlMap innerMap) CheckMap(innerMap, inner, errors, owner);
                else Check(entry.Value, field.Shape, errors);
            }
            else
            {
                errors.Add(entry.KeyPlace, Unknown(entry.KeyText, [.. shape.Fields.Select(f => f.Key)], owner));
            }
        }
        foreach (var field in shape.Fields.Where(f => f.Required && map.Entries.All(e => e.Key != f.Key)))
            errors.Add(map.Place, $"'{field.Key}' is missing: {field.Shape.Description}");
    }

    private static string Unknown(string key, IReadOnlyCollection<string> known, string? owner)
    {
        var what = $"unknown key '{key}'{(owner is null ? "" : $" of the {owner}")}";
        return Nearest.To(key, known) is null && ManifestKeys.Home(key) is { } home ? $"{what}; '{key}' belongs under {home}."
            : known.Count == 0 ? $"{what}, which has no settings."
            : what + Nearest.Hint(key, known);
    }
}
