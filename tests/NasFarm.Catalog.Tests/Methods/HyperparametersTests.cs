using System.Text.Json;
using NasFarm.Catalog.Methods;

namespace NasFarm.Catalog.Tests.Methods;

public sealed class HyperparametersTests
{
    private static readonly Hyperparameters Some = new(new Dictionary<string, object>
    {
        ["beta"] = 5.0, ["alpha"] = 3, ["gamma"] = "text", ["delta"] = true, ["small"] = 3e-4,
    });

    [Fact]
    public void JSON_is_ordered_by_name_and_keeps_numbers_apart_from_integers()
    {
        const string json = """{"alpha":3,"beta":5.0,"delta":true,"gamma":"text","small":0.0003}""";

        Assert.Equal(json, JsonSerializer.Serialize(Some, CatalogJson.Compact));
        Assert.Equal(Some, JsonSerializer.Deserialize<Hyperparameters>(json, CatalogJson.Compact));
    }

    [Fact]
    public void Values_are_read_by_type()
    {
        Assert.Equal((3, 3.0, 5.0, "text", true),
            (Some.Int("alpha"), Some.Double("alpha"), Some.Double("beta"), Some.Text("gamma"), Some.Bool("delta")));
        Assert.Throws<InvalidCastException>(() => Some.Int("beta"));
        Assert.Contains("alpha, beta", Assert.Throws<KeyNotFoundException>(() => Some.Int("omega")).Message);
        Assert.Throws<ArgumentException>(() => new Hyperparameters([new("x", new object())]));
    }

    [Fact]
    public void With_replaces_one_value() => Assert.Equal(4, Some.With("alpha", 4L).Int("alpha"));
}
