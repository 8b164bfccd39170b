using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Coordination;

/// <summary>How sgas-es-placebo gets its stops: phase by phase from a source run chosen by a hash of (seed, phase), so that it stops
/// when another seed's λmax said so (spec/algorithms §3.4).</summary>
public static class PlaceboDraw
{
    /// <summary>Name of the decision that a phase of sgas-es ends with.</summary>
    public const string DecisionName = "phase_end";

    /// <summary>Stops for every phase that some source had.</summary>
    /// <param name="searchSeed">Search seed of the placebo run.</param>
    /// <param name="sources">Each source's stops by phase, sources in ascending order of their run ids.</param>
    public static IReadOnlyList<PlaceboStop> Draw(long searchSeed, IReadOnlyList<IReadOnlyList<PlaceboStop>> sources)
    {
        var phases = sources.Count == 0 ? 0 : sources.Max(s => s.Count);
        return [.. Enumerable.Range(0, phases).Select(phase =>
        {
            var candidates = sources.Where(s => s.Count > phase).ToArray();
            return candidates[Choose(searchSeed, phase, candidates.Length)][phase];
        })];
    }

    /// <summary>One recorded phase end. Throws <see cref="InvalidDataException"/> on a detail of another shape.</summary>
    public static PlaceboStop Read(int phase, string detail)
    {
        try
        {
            using var json = JsonDocument.Parse(detail);
            var said = json.RootElement.GetProperty("phase").GetInt32();
            if (said != phase)
                throw new InvalidDataException($"The {DecisionName} of phase {phase} says phase {said}: {detail}");
            return json.RootElement.GetProperty("triggered").GetBoolean()
                ? new(json.RootElement.GetProperty("triggerAfter").GetInt32(), json.RootElement.GetProperty("returnTo").GetInt32())
                : new(null, null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException(
                $"The {DecisionName} of phase {phase} must be {{phase, triggered, triggerAfter, returnTo}} but is: {detail}", e);
        }
    }

    /// <summary>Uniform in 0…<paramref name="count"/>−1; the bias of the remainder is below 2⁻⁵⁰ for any number of seeds.</summary>
    public static int Choose(long searchSeed, int phase, int count) =>
        (int)(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"placebo/{searchSeed}/{phase}"))) % (ulong)count);
}
