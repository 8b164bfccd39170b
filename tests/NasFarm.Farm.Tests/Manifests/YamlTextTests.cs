using System.Text;
using NasFarm.Farm.Manifests;

namespace NasFarm.Farm.Tests.Manifests;

public class YamlTextTests
{
    [Theory]
    [InlineData("nothing at all", "§", "the manifest is empty")]
    [InlineData("only a comment", "§# nothing", "the manifest is empty")]
    [InlineData("a list", "§- a\n- b\n", "a list of 2 stands here|apiVersion")]
    [InlineData("a word", "§sweep", "the text 'sweep' stands here")]
    [InlineData("a tab as indentation", "spec:\n§\tseeds: 1\n", "a tab stands in the indentation")]
    [InlineData("a bracket left open", "spec: { seeds: [1, 2\n§", "this is not YAML")]
    [InlineData("a bracket forgotten before the next key", "retrain:\n  - seeds: §[0\n    imageSize: 16\n", "cannot be read on from here; most often a '[' or '{' before it is not closed.")]
    [InlineData("a second document", "a: 1\n§---\nb: 2\n", "a second document begins here")]
    [InlineData("an anchor", "a: §&x { b: 1 }\n", "the anchor &x is not allowed")]
    [InlineData("an alias", "a: 1\nb: §*x\n", "the alias *x is not allowed|spec.defaults")]
    [InlineData("a language tag", "a: §!!python/object:os.system [1]\n", "the tag|is not allowed")]
    [InlineData("a type tag", "a: §!!str 5\n", "the tag|is not allowed")]
    [InlineData("a control character", "a: 1\nb: x§\0y\n", "the control character U+0000 stands here; remove it.")]
    [InlineData("an escape sequence", "a: §\u001b[31m\n", "the control character U+001B stands here; remove it.")]
    [InlineData("a duplicate key", "a: 1\nb: 2\n§a: 3\n", "the key 'a' stands here a second time (first in line 1)")]
    [InlineData("a list as key", "§? [a, b]\n: 1\n", "a key must be a plain word")]
    public void A_text_that_is_no_manifest_is_refused_where_it_goes_wrong(string because, string text, string fragments)
    {
        Assert.NotEmpty(because);
        BadManifest.AssertError(BadManifest.Marked(text), fragments);
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void Nesting_of_hundred_thousand_levels_is_refused_without_harm(char bracket)
    {
        var open = bracket == '[' ? "[" : "{a: ";
        var error = Assert.Single(BadManifest.Errors(string.Concat(Enumerable.Repeat(open, 100_000))));
        Assert.Contains("nesting is deeper than 12 levels", error.Message);
        Assert.Equal(1, error.Place.Line);
    }

    [Fact]
    public void Block_nesting_is_refused_alike()
    {
        var text = string.Concat(Enumerable.Range(0, 1000).Select(i => new string(' ', i) + "a:\n"));
        Assert.Contains("nesting is deeper", Assert.Single(BadManifest.Errors(text)).Message);
    }

    [Fact]
    public void An_alias_bomb_ends_at_its_first_anchor()
    {
        var bomb = "a: &a [x, x]\n" + string.Concat(Enumerable.Range(1, 30).Select(i => $"{(char)('a' + i)}: &{(char)('a' + i)} [*{(char)('a' + i - 1)}, *{(char)('a' + i - 1)}]\n").Take(25));
        var error = Assert.Single(BadManifest.Errors(bomb));
        Assert.Equal((1, 4), (error.Place.Line, error.Place.Column));
    }

    [Fact]
    public void A_text_over_a_mebibyte_is_refused_before_parsing()
    {
        var error = Assert.Single(BadManifest.Errors(new string('a', YamlText.MaxBytes + 1)));
        Assert.Contains("the limit is 1,048,576", error.Message);
    }

    [Fact]
    public void More_than_two_hundred_thousand_values_are_refused()
    {
        var error = Assert.Single(BadManifest.Errors("seeds: [" + string.Join(",", Enumerable.Repeat("1", YamlText.MaxNodes)) + "]"));
        Assert.Contains("more than 200,000 values", error.Message);
    }

    [Fact]
    public void A_scalar_of_a_hundred_kilobytes_is_refused()
    {
        var error = Assert.Single(BadManifest.Errors("name: " + new string('x', 100_000)));
        Assert.Contains("100,000 characters long", error.Message);
        Assert.True(error.ToString().Length < 300);
    }

    [Fact]
    public void A_file_that_is_not_utf8_is_refused_by_name()
    {
        var path = Path.Combine(Path.GetTempPath(), $"nasfarm-{Environment.ProcessId}-latin1.yaml");
        File.WriteAllBytes(path, [.. Encoding.ASCII.GetBytes("name: caf"), 0xE9]);
        try
        {
            var error = Assert.Single(Assert.Throws<ManifestException>(() => ManifestReader.ReadFile(path)).Errors);
            Assert.Contains("byte 9 is not UTF-8", error.Message);
            Assert.Equal(Path.GetFileName(path), error.File);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
