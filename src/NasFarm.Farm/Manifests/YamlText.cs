using System.Buffers;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace NasFarm.Farm.Manifests;

/// <summary>Text → nodes with places. Nothing is built from a text that breaks a limit: size before parsing, depth and count while events
/// arrive, so that neither deep nesting nor expanding aliases can hurt the process (anchors.md §9, manifest row).</summary>
public static class YamlText
{
    /// <summary>Longest manifest in bytes of UTF-8.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Deepest nesting of lists and mappings.</summary>
    public const int MaxDepth = 12;

    /// <summary>Most scalars, lists and mappings together.</summary>
    public const int MaxNodes = 200_000;

    /// <summary>Longest scalar or key in characters.</summary>
    public const int MaxScalar = 10_000;

    private static readonly Place Start = new(1, 1, "");

    /// <summary>What YAML 1.2 does not allow in a text: C0 without tab, line feed and return; DEL; C1 without next line.</summary>
    private static readonly SearchValues<char> ControlCharacters = SearchValues.Create(
        [.. Enumerable.Range(0, 0xA0).Where(c => c is (< 0x20 or >= 0x7F) and not ('\t' or '\n' or '\r' or 0x85)).Select(c => (char)c)]);

    /// <summary>Reads the one document of a text. Null, with errors added, when it is not YAML, breaks a limit, or uses what a manifest
    /// may not use (tags, anchors, aliases, several documents). Duplicate keys are added as errors and the first one stays.</summary>
    internal static YamlNode? Read(string text, ErrorList errors)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(text) is var bytes and > MaxBytes)
        {
            errors.Add(Start, $"the manifest is {bytes:N0} bytes long; the limit is {MaxBytes:N0}. Write seeds as {{ start, count }}.");
            return null;
        }
        if (text.AsSpan().IndexOfAny(ControlCharacters) is >= 0 and var control)
        {
            errors.Add(Position(text, control), $"the control character U+{(int)text[control]:X4} stands here; remove it.");
            return null;
        }
        var parser = new Parser(new Scanner(new StringReader(text.TrimStart('\uFEFF')), skipComments: true));
        try
        {
            return new Build(parser, errors).Document();
        }
        catch (YamlException e)
        {
            var (at, message) = Explain(e, text);
            errors.Add(at, message);
            return null;
        }
        catch (InvalidOperationException)
        {
            // The scanner's own guard against a word that goes on over lines inside brackets: not a YamlException, and without a place.
            var before = parser.Current!.End;
            errors.Add(
                new((int)before.Line, (int)before.Column, ""),
                "the text cannot be read on from here; most often a '[' or '{' before it is not closed.");
            return null;
        }
        catch (RefusedException e)
        {
            errors.Add(e.Place, e.Message);
            return null;
        }
    }

    private static Place Position(string text, int index) =>
        new(text.AsSpan(0, index).Count('\n') + 1, index - text.AsSpan(0, index).LastIndexOf('\n'), "");

    /// <summary>The scanner's own sentence, or the tab behind it: the first in an indentation from the error's line on.</summary>
    private static (Place At, string Message) Explain(YamlException e, string text)
    {
        var lines = text.Split('\n');
        for (var i = Math.Max(0, (int)e.Start.Line - 1); i < Math.Min(lines.Length, (int)e.End.Line + 1); i++)
            if (lines[i].IndexOf('\t') is >= 0 and var tab && string.IsNullOrWhiteSpace(lines[i][..tab]))
                return (new(i + 1, tab + 1, ""), "a tab stands in the indentation; YAML indents with spaces.");
        return (new((int)e.Start.Line, (int)e.Start.Column, ""),
            $"this is not YAML: {char.ToLowerInvariant(e.Message[0])}{e.Message[1..].TrimEnd('.')}. Check indentation, quotes and "
                + "brackets here and in the line above.");
    }

    private sealed class RefusedException(Place place, string message) : Exception(message)
    {
        public Place Place { get; } = place;
    }

    private sealed class Build(Parser parser, ErrorList errors)
    {
        private int nodes;

        public YamlNode Document()
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
                throw new RefusedException(Start, "the manifest is empty; it starts with 'apiVersion: nasfarm.io/v1'.");
            parser.Consume<DocumentStart>();
            var root = Node("", 0);
            parser.Consume<DocumentEnd>();
            if (parser.Accept<DocumentStart>(out var second))
                throw new RefusedException(
                    At(second, ""), "a second document begins here; a manifest is one document. Submit each sweep as a file of its own.");
            return root;
        }

        private YamlNode Node(string path, int depth)
        {
            parser.Accept<ParsingEvent>(out var next);
            var here = next!;
            var place = At(here, path);
            if (here is AnchorAlias alias)
                throw new RefusedException(place,
                    $"the alias *{alias.Value} is not allowed; repeat the value, or put it under spec.defaults.");
            if (here is NodeEvent { Anchor.IsEmpty: false } anchored)
                throw new RefusedException(place,
                    $"the anchor &{anchored.Anchor.Value} is not allowed; a manifest has no anchors and aliases.");
            if (here is NodeEvent { Tag.IsEmpty: false } tagged)
                throw new RefusedException(place, $"the tag {tagged.Tag.Value} is not allowed; write the plain value.");
            if (++nodes > MaxNodes)
                throw new RefusedException(place, $"the manifest has more than {MaxNodes:N0} values. Write seeds as {{ start, count }}.");
            if (depth > MaxDepth)
                throw new RefusedException(place, $"nesting is deeper than {MaxDepth} levels; a manifest needs at most 6.");
            return here switch
            {
                YamlDotNet.Core.Events.Scalar => Scalar(place),
                SequenceStart => List(place, depth),
                _ => Map(place, depth),
            };
        }

        private YamlScalar Scalar(Place place)
        {
            var scalar = parser.Consume<Scalar>();
            if (scalar.Value.Length > MaxScalar)
                throw new RefusedException(place, $"this value is {scalar.Value.Length:N0} characters long; the limit is {MaxScalar:N0}.");
            return new(place, scalar.Value, Quoted: scalar.Style != ScalarStyle.Plain);
        }

        private YamlList List(Place place, int depth)
        {
            parser.Consume<SequenceStart>();
            var items = new List<YamlNode>();
            while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(Node($"{place.Path}[{items.Count}]", depth + 1));
            return new(place, items);
        }

        private YamlMap Map(Place place, int depth)
        {
            parser.Consume<MappingStart>();
            var entries = new Dictionary<string, YamlEntry>(StringComparer.Ordinal);
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                if (Node(place.Path, depth + 1) is not YamlScalar key)
                    throw new RefusedException(place, "a key must be a plain word, not a list or a mapping.");
                var path = place.Path.Length == 0 ? key.Short : $"{place.Path}.{key.Short}";
                var keyPlace = key.Place with { Path = path };
                var entry = new YamlEntry(key.Text, keyPlace, Node(path, depth + 1));
                if (!entries.TryAdd(key.Text, entry))
                    errors.Add(keyPlace,
                        $"the key '{key.Short}' stands here a second time (first in line {entries[key.Text].KeyPlace.Line}); keep one.");
            }
            return new(place, [.. entries.Values]);
        }

        private static Place At(ParsingEvent e, string path) => new((int)e.Start.Line, (int)e.Start.Column, path);
    }
}
