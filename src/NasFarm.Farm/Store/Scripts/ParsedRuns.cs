using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Parses the specifications and digests of runs while the next ones are read: of thousands of runs that is most of the work, and another
/// core has time for it.</summary>
internal sealed class ParsedRuns
{
    private const int AtOnce = 100;

    private readonly ConcurrentDictionary<byte[], SeedRunSpec> templates = new(new SameBytes());
    private readonly List<Task> parsing = [];
    private List<Run> next = [];

    /// <summary>A run whose texts are parsed soon.</summary>
    internal sealed class Run(byte[] spec, byte[]? digest)
    {
        private byte[]? spec = spec, digest = digest;

        public SeedRunSpec Spec { get; private set; } = null!;

        /// <summary>Null: it has none yet.</summary>
        public (RunCost Cost, SearchDigest Search)? Digest { get; private set; }

        public void Parse(ParsedRuns all)
        {
            Spec = all.Specification(spec!);
            Digest = digest is null ? null : Read<StoredDigest>(digest) is var stored ? (stored.Cost, stored.ToSearch()) : null;
            (spec, digest) = (null, null);
        }
    }

    public Run Add(byte[] spec, byte[]? digest)
    {
        var run = new Run(spec, digest);
        next.Add(run);
        if (next.Count == AtOnce)
        {
            var some = next;
            next = [];
            parsing.Add(Task.Run(() => Parse(some)));
        }
        return run;
    }

    /// <summary>Returns when all are parsed.</summary>
    public void Finish()
    {
        Parse(next);
        next = [];
        // One by one: what was wrong with a text is thrown as it is.
        foreach (var some in parsing)
            some.GetAwaiter().GetResult();
        parsing.Clear();
    }

    private void Parse(List<Run> some) => some.ForEach(run => run.Parse(this));

    /// <summary>The runs of an arm differ in their seeds: what is equal in all of them is parsed, and kept, once.</summary>
    private SeedRunSpec Specification(byte[] json)
    {
        if (Number.Of("\"searchSeed\":"u8, json) is not { } search || Number.Of("\"dataOrderSeed\":"u8, json) is not { } order || order.Begin < search.End)
            return Read<SeedRunSpec>(json);
        byte[] rest = [.. json.AsSpan(..search.Begin), .. json.AsSpan(search.End..order.Begin), .. json.AsSpan(order.End..)];
        return templates.GetOrAdd(rest, static (_, all) => Read<SeedRunSpec>(all), json) with { SearchSeed = search.Value, DataOrderSeed = order.Value };
    }

    /// <summary>A whole number in a text.</summary>
    private readonly record struct Number(int Begin, int End, long Value)
    {
        /// <summary>What follows a key that the text has once; null: it does not, or something else follows.</summary>
        public static Number? Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> json)
        {
            var begin = json.IndexOf(key) + key.Length;
            return begin >= key.Length && json[begin..].IndexOf(key) < 0 && Utf8Parser.TryParse(json[begin..], out long value, out var length)
                ? new(begin, begin + length, value) : null;
        }
    }

    private static T Read<T>(byte[] json) => JsonSerializer.Deserialize<T>(json, CatalogJson.Compact)!;

    private sealed class SameBytes : IEqualityComparer<byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] bytes)
        {
            var hash = new HashCode();
            hash.AddBytes(bytes);
            return hash.ToHashCode();
        }
    }
}
