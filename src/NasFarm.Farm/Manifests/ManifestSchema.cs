using System.Text.Json;
using System.Text.Json.Nodes;
using NasFarm.Catalog;
using NasFarm.Catalog.Methods;

namespace NasFarm.Farm.Manifests;

/// <summary>The JSON Schema (draft 2020-12) of a manifest, for editors and for checks outside NasFarm. It states what one value may be;
/// what values must be to each other is stated in docs/reference/manifest.md and checked by the reader.</summary>
public static class ManifestSchema
{
    /// <summary>Name of the published file and of the embedded resource.</summary>
    public const string FileName = "nasfarm.io_v1.schema.json";

    /// <summary>The published schema, as embedded in this assembly.</summary>
    public static string Text()
    {
        using var stream = typeof(ManifestSchema).Assembly.GetManifestResourceStream(FileName)
            ?? throw new InvalidOperationException($"The resource {FileName} is not embedded in "
                + $"{typeof(ManifestSchema).Assembly.GetName().Name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The schema as the key table has it now; a test holds the published file to it.</summary>
    public static string Render()
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = "https://nasfarm.io/schemas/" + FileName,
            ["title"] = "NasFarm sweep manifest",
        };
        foreach (var (key, value) in Schema(ManifestKeys.Root).ToList()) schema[key] = value?.DeepClone();
        return schema.ToJsonString(CatalogJson.Pretty) + "\n";
    }

    private static JsonObject Schema(Shape shape)
    {
        var schema = new JsonObject();
        switch (shape)
        {
            case TextShape text:
                schema["type"] = "string";
                if (text.Choices is { } choices) schema["enum"] = Texts(choices);
                if (text.Pattern is { } pattern) schema["pattern"] = pattern;
                break;
            case WholeShape whole:
                schema["type"] = "integer";
                schema["minimum"] = whole.Min;
                schema["maximum"] = whole.Max;
                break;
            case NumberShape number:
                schema["type"] = "number";
                schema["exclusiveMinimum"] = number.Above;
                schema["exclusiveMaximum"] = number.Below;
                break;
            case SettingShape { Definition: var setting }:
                schema["type"] = setting.Type switch
                {
                    HyperparameterType.Integer => "integer",
                    HyperparameterType.Number => "number",
                    HyperparameterType.Boolean => "boolean",
                    _ => "string",
                };
                if (setting.Minimum is { } min) schema[setting.AboveMinimum ? "exclusiveMinimum" : "minimum"] = min;
                if (setting.Maximum is { } max) schema["maximum"] = max;
                if (setting.Allowed.Count > 0) schema["enum"] = Texts(setting.Allowed);
                break;
            case FlagShape:
                schema["type"] = "boolean";
                break;
            case ListShape list:
                schema["type"] = "array";
                schema["items"] = Schema(list.Item);
                schema["minItems"] = list.Min;
                schema["maxItems"] = list.Max;
                break;
            case MapShape map:
                schema["type"] = "object";
                schema["additionalProperties"] = false;
                schema["properties"] = new JsonObject(map.Fields.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)Property(f))));
                if (map.Fields.Any(f => f.Required)) schema["required"] = Texts(map.Fields.Where(f => f.Required).Select(f => f.Key));
                break;
            case NamedShape named:
                var variants = named.Unnamed is { } unnamed ? named.ByName.Values.Append(unnamed) : named.ByName.Values;
                schema["anyOf"] = new JsonArray([.. variants.Select(v => (JsonNode)Schema(v))]);
                break;
            case EitherShape either:
                schema["anyOf"] = new JsonArray([.. either.Forms.Select(f => (JsonNode)Schema(f))]);
                break;
        }
        schema["description"] = shape.Description;
        return schema;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(t => (JsonNode)t)];

    private static JsonObject Property(Field field)
    {
        var schema = Schema(field.Shape);
        if (field.Default is not (null or string { Length: > 0 } and ['(', ..]))
            schema["default"] = JsonSerializer.SerializeToNode(field.Default, CatalogJson.Compact);
        return schema;
    }
}
