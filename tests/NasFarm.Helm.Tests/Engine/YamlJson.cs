using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NasFarm.Helm.Tests.Engine;

/// <summary>YAML as the JSON that Kubernetes' tools make of it.</summary>
public static class YamlJson
{
    /// <summary>Documents that are not empty.</summary>
    public static IReadOnlyList<JsonNode> ReadAll(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        // As if it had come over the wire: its numbers are read as any number.
        return [.. stream.Documents.Select(document => Read(document.RootNode)).OfType<JsonNode>().Select(node => JsonNode.Parse(node.ToJsonString())!)];
    }

    /// <summary>The one document of a file.</summary>
    public static JsonObject ReadFile(string path) => (JsonObject)ReadAll(File.ReadAllText(path)).Single();

    private static JsonNode? Read(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Read(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Read)]),
        YamlScalarNode { Style: not ScalarStyle.Plain } text => JsonValue.Create(text.Value),
        YamlScalarNode { Value: null or "" or "~" or "null" } => null,
        YamlScalarNode { Value: "true" or "false" } flag => JsonValue.Create(flag.Value == "true"),
        // YAML 1.1, as Kubernetes reads it: modes of files are octal.
        YamlScalarNode { Value: ['0', _, ..] } mode when mode.Value.All(char.IsAsciiDigit) => JsonValue.Create(Convert.ToInt64(mode.Value, 8)),
        YamlScalarNode number when long.TryParse(number.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        YamlScalarNode number when double.TryParse(number.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) => JsonValue.Create(real),
        YamlScalarNode text => JsonValue.Create(text.Value),
        _ => throw new InvalidDataException($"{node.Start}: an alias has no place here."),
    };
}
