using NasFarm.Farm.Manifests;

namespace NasFarm.Farm.Tests.Manifests;

/// <summary>Manifests that are wrong in one place. A text is the good one with a piece replaced; <c>§</c> in the replacement marks where
/// the error must point, and is taken out before reading.</summary>
internal static class BadManifest
{
    public const string Good = """
        apiVersion: nasfarm.io/v1
        kind: Sweep
        metadata: { name: base }
        spec:
          seeds: { start: 0, count: 10 }
          space: { name: nas-bench-201, channels: 4, cells: 1 }
          data: { name: fashion-mnist, imageSize: 16, trainImages: 640, alphaImages: 640 }
          methods:
            - sgas-es
            - name: sgas
              as: sgas-f6
              hyperparameters: { warmup: 5, interval: 6 }
            - random
          defaults:
            hyperparameters: { batchSize: 32 }
          retrain:
            - { data: fashion-mnist, recipe: nas-bench-201, seeds: [0, 1], settings: { epochs: 2 }, imageSize: 16 }
          evaluate: { table: true }
          comparison: { primary: [sgas-es, sgas-f6] }

        """;

    /// <summary>The good manifest with <paramref name="old"/> replaced, and where the mark stands.</summary>
    public static (string Text, int Line, int Column) With(string old, string @new) => Marked(
        Good.Contains(old, StringComparison.Ordinal) ? Good.Replace(old, @new) : throw new ArgumentException($"The good manifest has no '{old}'."));

    public static (string Text, int Line, int Column) Marked(string text)
    {
        var mark = text.IndexOf('§');
        if (mark < 0 || text.IndexOf('§', mark + 1) >= 0) throw new ArgumentException("There must be one mark §.");
        var before = text[..mark];
        return (text.Remove(mark, 1), before.Count(c => c == '\n') + 1, mark - before.LastIndexOf('\n'));
    }

    public static IReadOnlyList<ManifestError> Errors(string text) =>
        Assert.Throws<ManifestException>(() => ManifestReader.Read(text, "sweep.yaml")).Errors;

    /// <summary>Some error stands at the place and says every fragment (separated by <c>|</c>).</summary>
    public static void AssertError((string Text, int Line, int Column) bad, string fragments)
    {
        var errors = Errors(bad.Text);
        var here = errors.Where(e => e.Place.Line == bad.Line && e.Place.Column == bad.Column).ToList();
        Assert.True(here.Count > 0, $"Expected an error at {bad.Line}:{bad.Column}; found:\n{string.Join('\n', errors)}");
        foreach (var fragment in fragments.Split('|'))
            Assert.True(here.Any(e => e.ToString().Contains(fragment, StringComparison.Ordinal)), $"Expected '{fragment}' in:\n{string.Join('\n', here)}");
    }
}
