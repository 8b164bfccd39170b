using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Retraining;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Tests.Retraining;

public sealed class RecipeCatalogTests
{
    [Theory]
    [InlineData("darts", "epochs", 600L)]
    [InlineData("darts", "batchSize", 96L)]
    [InlineData("darts", "cutout", 16L)]
    [InlineData("darts", "auxiliaryWeight", 0.4)]
    [InlineData("sgas-es-fashion-mnist", "batchSize", 72L)]
    [InlineData("sgas-es-fashion-mnist", "testMode", "both")]
    [InlineData("sgas-es-emnist", "epochs", 200L)]
    [InlineData("sgas-es-emnist", "cutout", 0L)]
    [InlineData("sgas-es-emnist", "augmentation", "affine")]
    [InlineData("sgas-es-emnist", "normalise", "half")]
    [InlineData("nas-bench-201", "learningRate", 0.1)]
    [InlineData("nas-bench-201", "nesterov", true)]
    [InlineData("nas-bench-201", "batchSize", 256L)]
    [InlineData("nas-bench-101", "epochs", 108L)]
    [InlineData("nas-bench-101", "learningRate", 0.2)]
    [InlineData("nas-bench-101", "channels", 128L)]
    public void Defaults_are_those_of_the_papers(string recipe, string setting, object expected) =>
        Assert.Equal(expected, RecipeCatalog.Resolve(recipe, RecipeCatalog.Get(recipe).Spaces[0])[setting]);

    [Fact]
    public void Every_recipe_resolves_for_each_of_its_spaces_and_writes_every_setting_out() =>
        Assert.All(RecipeCatalog.All, recipe => Assert.All(recipe.Spaces, space =>
        {
            Assert.Equal(recipe.Settings.Select(s => s.Name).Order(StringComparer.Ordinal), RecipeCatalog.Resolve(recipe.Name, space).Keys);
            Assert.Equal(1 + SearchSpaces.Get(space).NumericsChanges, recipe.NumericsRevision(space));
        }));

    [Fact]
    public void Learning_rate_and_drop_path_follow_the_epochs_of_the_recipe()
    {
        var settings = RecipeCatalog.Resolve("darts", "darts");

        Assert.Equal(0.0125, RecipeCatalog.LearningRate(settings).At(300), 1e-12);
        Assert.Equal(0.1, RecipeCatalog.DropPath(settings).At(300), 1e-12);
    }

    [Theory]
    [InlineData("darts", "darts", "cells", 2L, "cells is 2; space 'darts' needs at least 3")]
    [InlineData("darts", "darts", "channels", 15L, "channels is 15; space 'darts' needs an even number")]
    [InlineData("darts", "darts", "trainImageSize", 28L, "auxiliary is true with trainImageSize 28")]
    [InlineData("darts", "darts", "dropPath", 1.0, "dropPath is 1; it must be a number from 0 to 0.999.")]
    [InlineData("darts", "darts", "testMode", "native", "one of paper, pad-to-32, both")]
    [InlineData("darts", "darts", "learningRateMin", 1.0, "learningRateMin (1) is above learningRate (0.025)")]
    [InlineData("nas-bench-201", "nas-bench-201", "auxiliary", true, "have no auxiliary head")]
    [InlineData("nas-bench-101", "nas-bench-1shot1-2", "channels", 2L, "channels is 2; 3 nodes of a cell of 'nas-bench-1shot1-2' may share the channels of its output.")]
    [InlineData("nas-bench-201", "nas-bench-201", "momentum", 0.0, "Nesterov needs momentum")]
    public void A_wrong_setting_is_refused_with_its_value(string recipe, string space, string setting, object value, string expected) =>
        Assert.Contains(expected, Assert.Throws<HyperparameterException>(
            () => RecipeCatalog.Resolve(recipe, space, new Dictionary<string, object> { [setting] = value })).Message);

    [Fact]
    public void Small_images_are_fine_without_the_auxiliary_head()
    {
        var settings = RecipeCatalog.Resolve("darts", "sgas-es", new Dictionary<string, object> { ["auxiliary"] = false, ["trainImageSize"] = 16 });

        Assert.Equal(16, settings.Int("trainImageSize"));
    }

    [Fact]
    public void Names_and_spaces_that_do_not_fit_are_refused_with_what_does()
    {
        Assert.Contains("sgas-es-emnist", Assert.Throws<ArgumentException>(() => RecipeCatalog.Get("imagenet")).Message);
        Assert.Contains("it trains darts, sgas-es", Assert.Throws<ArgumentException>(() => RecipeCatalog.Resolve("darts", "nas-bench-201")).Message);
    }
}
