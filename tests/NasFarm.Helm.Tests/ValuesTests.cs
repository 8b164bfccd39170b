using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using NasFarm.Farm.Tests;
using NasFarm.Helm.Tests.Engine;

namespace NasFarm.Helm.Tests;

/// <summary>values.yaml, values.schema.json and the reference say the same.</summary>
public sealed class ValuesTests
{
    private static readonly JsonObject Schema = (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(ChartFixture.Chart, "values.schema.json")))!;
    private static readonly JsonObject Values = YamlJson.ReadFile(Path.Combine(ChartFixture.Chart, "values.yaml"));

    [Fact]
    public void Every_value_is_the_default_that_the_schema_states()
    {
        var compared = 0;
        foreach (var (path, field) in Fields(Schema, ""))
        {
            if (path == "global")
                continue;
            var value = path.Split('.').Aggregate((JsonNode?)Values, (at, key) => at?[key]);
            Assert.True(value is not null && field["default"] is { } stated && JsonNode.DeepEquals(value, stated), $"{path} is {value?.ToJsonString()} in values.yaml and {field["default"]?.ToJsonString()} in the schema");
            compared++;
        }
        Assert.Equal(compared, Leaves(Values, Schema));
        Assert.True(compared > 100);
    }

    [Fact]
    public void The_schema_allows_nothing_that_it_does_not_describe()
    {
        Assert.All(Objects(Schema).Where(o => o["properties"] is not null && o["if"] is null && !IsCondition(o)), o => Assert.False((bool)o["additionalProperties"]!));
        Assert.All(Fields(Schema, ""), field => Assert.EndsWith(".", (string?)field.Field["description"] ?? "", StringComparison.Ordinal));
    }

    [Fact]
    public void The_reference_is_made_of_the_schema()
    {
        var text = new StringBuilder("""
            # Values of the Helm chart

            Made of `helm/nasfarm/values.schema.json`; `NASFARM_UPDATE_GOLDEN=1 dotnet test tests/NasFarm.Helm.Tests --filter ValuesTests` writes it anew.
            [How to install](../how-to/install-on-kubernetes.md) tells which of them a first farm needs. What a pool `gpu.pools.NAME` says stands in for what `gpu` says.

            | value | default | meaning |
            |---|---|---|

            """);
        foreach (var (path, field) in Fields(Schema, "").Where(f => f.Path != "global"))
        {
            var range = (field["minimum"], field["maximum"], field["enum"]) switch
            {
                (_, _, JsonArray words) => $" One of {string.Join(", ", words.Select(word => $"`{word}`"))}.",
                ({ } least, { } most, _) => string.Create(CultureInfo.InvariantCulture, $" {least} to {most}."),
                _ => "",
            };
            var shown = field["default"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
            text.Append(CultureInfo.InvariantCulture, $"| `{path}` | `{shown}` | {((string)field["description"]!).Replace("|", "\\|", StringComparison.Ordinal)}{range} |\n");
        }
        RepositoryFile.AssertGolden("docs/reference/helm-values.md", text.ToString());
    }

    [Fact]
    public void The_chart_has_the_programs_version()
    {
        var about = YamlJson.ReadFile(Path.Combine(ChartFixture.Chart, "Chart.yaml"));
        var version = System.Xml.Linq.XDocument.Load(RepositoryFile.Path("Directory.Build.props")).Descendants("Version").Single().Value;
        Assert.Equal((version, version), ((string)about["version"]!, (string)about["appVersion"]!));
    }

    /// <summary>Fields that are no groups of others.</summary>
    private static IEnumerable<(string Path, JsonObject Field)> Fields(JsonObject schema, string path)
    {
        foreach (var (name, node) in (JsonObject)schema["properties"]!)
        {
            var (field, at) = ((JsonObject)node!, path.Length == 0 ? name : $"{path}.{name}");
            if (field["properties"] is null)
                yield return (at, field);
            else
                foreach (var inner in Fields(field, at))
                    yield return inner;
        }
    }

    private static int Leaves(JsonObject values, JsonObject schema) => values.Sum(pair =>
        schema["properties"]?[pair.Key] is JsonObject { } field && field["properties"] is not null ? Leaves((JsonObject)pair.Value!, field) : 1);

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject o => o.Where(pair => pair.Key is not ("if" or "then" or "default")).SelectMany(pair => Objects(pair.Value)).Prepend(o),
        JsonArray a => a.SelectMany(Objects),
        _ => [],
    };

    private static bool IsCondition(JsonObject o) => o["properties"] is JsonObject fields && fields["name"] is JsonObject name && name["not"] is not null;
}
