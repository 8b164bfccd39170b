using System.Text.Json.Nodes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Retraining;
using NasFarm.Catalog.Spaces;
using NasFarm.Farm.Manifests;

namespace NasFarm.Farm.Tests.Manifests;

public class ManifestSchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(ManifestSchema.Text())!;
    private static readonly JsonNode Spec = Schema["properties"]!["spec"]!["properties"]!;

    [Fact]
    public void The_published_file_is_what_the_key_table_renders() =>
        RepositoryFile.AssertGolden("src/NasFarm.Farm/Manifests/" + ManifestSchema.FileName, ManifestSchema.Render());

    [Fact]
    public void The_embedded_schema_is_the_published_file() =>
        Assert.Equal(File.ReadAllText(RepositoryFile.Path("src/NasFarm.Farm/Manifests/" + ManifestSchema.FileName)), ManifestSchema.Text());

    [Fact]
    public void Every_object_is_closed_and_every_property_described()
    {
        var objects = Descend(Schema).OfType<JsonObject>().Where(o => (o["type"] as JsonValue)?.ToString() == "object").ToList();
        Assert.True(objects.Count > 15);
        Assert.All(objects, o => Assert.False(o["additionalProperties"]!.GetValue<bool>()));
        Assert.All(objects.SelectMany(o => (JsonObject)o["properties"]!), p => Assert.True(p.Value!["description"]!.GetValue<string>().Length > 3, p.Key));
    }

    [Fact]
    public void Every_method_has_a_short_form_and_a_variant_with_exactly_its_settings()
    {
        var forms = Spec["methods"]!["items"]!["anyOf"]!.AsArray();
        Assert.Equal(MethodCatalog.All.Select(m => m.Name), forms[0]!["enum"]!.AsArray().Select(n => n!.GetValue<string>()));
        var variants = forms[1]!["anyOf"]!.AsArray().ToDictionary(v => v!["properties"]!["name"]!["enum"]![0]!.GetValue<string>());
        Assert.Equal(MethodCatalog.All.Select(m => m.Name), variants.Keys);
        foreach (var method in MethodCatalog.All)
            Assert.Equal(method.Settings.Select(s => s.Name), ((JsonObject)variants[method.Name]!["properties"]!["hyperparameters"]!["properties"]!).Select(p => p.Key));
    }

    [Fact]
    public void Every_recipe_has_a_variant_with_exactly_its_settings()
    {
        var variants = Spec["retrain"]!["items"]!["anyOf"]!.AsArray()
            .Where(v => v!["properties"]!["settings"] is not null).ToDictionary(v => v!["properties"]!["recipe"]!["enum"]![0]!.GetValue<string>());
        Assert.Equal(RecipeCatalog.All.Select(r => r.Name), variants.Keys);
        foreach (var recipe in RecipeCatalog.All)
            Assert.Equal(recipe.Settings.Select(s => s.Name), ((JsonObject)variants[recipe.Name]!["properties"]!["settings"]!["properties"]!).Select(p => p.Key));
    }

    [Fact]
    public void Spaces_are_those_of_the_catalog() =>
        Assert.Equal(SearchSpaces.All.Select(s => s.Name), Spec["space"]!["properties"]!["name"]!["enum"]!.AsArray().Select(n => n!.GetValue<string>()));

    /// <summary>The shared settings are checked against one method's definition, so all methods must agree on what is legal.</summary>
    [Fact]
    public void A_setting_of_several_methods_has_one_legal_range() =>
        Assert.All(MethodCatalog.All.SelectMany(m => m.Settings).GroupBy(s => s.Name), g => Assert.Single(g.Select(s => (s.Type, s.Legal)).Distinct()));

    private static IEnumerable<JsonNode> Descend(JsonNode node) => node switch
    {
        JsonObject o => o.Where(p => p.Value is not null).SelectMany(p => Descend(p.Value!)).Prepend(o),
        JsonArray a => a.Where(i => i is not null).SelectMany(i => Descend(i!)),
        _ => [node],
    };
}
