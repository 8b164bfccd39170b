using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Identity;

/// <summary>Ids that say what is in them: SHA-256 over one line of canonical JSON of the science, as a prefix and the first 20
/// lower-case hex digits (80 bits: among a million runs a collision has odds of 4·10⁻¹³). Valid file names everywhere.
/// Priority, retries, resources, labels and file places are not in the records and so not in the ids.</summary>
public static class ContentId
{
    /// <summary>Hex digits after the prefix.</summary>
    public const int Digits = 20;

    /// <summary><c>r-…</c>: everything in <see cref="SeedRunSpec"/>: tenant, method, numerics revision, resolved hyper-parameters, space,
    /// data with content hash, none rule, search and data-order seed, placebo sources, generation.</summary>
    public static string OfSeedRun(SeedRunSpec spec) => Id("r", spec);

    /// <summary><c>t-…</c>: the target (<see cref="RetrainSpec"/>: data, recipe, settings, revision), the seed-run it hangs off (whose
    /// search gives the genotype, so the id is known before the search has run) and the retrain seed.</summary>
    public static string OfRetrain(string runId, RetrainSpec target, long retrainSeed) =>
        Id("t", new RetrainIdentity(RequireRun(runId), target, retrainSeed));

    /// <summary><c>s-…</c>: any record that stands for an accepted sweep; the caller decides what belongs to it.</summary>
    public static string OfSweep<T>(T plan) => Id("s", plan);

    /// <summary>Id of a search unit: <c>{runId}-p{phase:D2}</c>.</summary>
    public static string OfSearchUnit(string runId, int phase) =>
        phase >= 0
            ? string.Create(CultureInfo.InvariantCulture, $"{RequireRun(runId)}-p{phase:D2}")
            : throw new ArgumentOutOfRangeException(nameof(phase), phase, "A phase index is not negative.");

    /// <summary>Id of a retrain unit: the retrain id itself.</summary>
    public static string OfRetrainUnit(string retrainId) => Require("t", retrainId);

    /// <summary>SHA-256 of one line of canonical JSON (<see cref="CatalogJson.Compact"/>), lower-case hex, all 64 digits.</summary>
    public static string Sha256<T>(T science) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(science, CatalogJson.Compact)));

    /// <summary>Whether a text has the form of an id with this prefix.</summary>
    public static bool HasForm(string prefix, string id) =>
        id.Length == prefix.Length + 1 + Digits
        && id.StartsWith(prefix + "-", StringComparison.Ordinal)
        && id.AsSpan(prefix.Length + 1).IndexOfAnyExcept("0123456789abcdef") < 0;

    private static string Id<T>(string prefix, T science) => $"{prefix}-{Sha256(science)[..Digits]}";

    private static string RequireRun(string runId) => Require("r", runId);

    private static string Require(string prefix, string id) =>
        HasForm(prefix, id) ? id : throw new ArgumentException($"'{id}' is no id; it must be '{prefix}-' and {Digits} hex digits.");

    private sealed record RetrainIdentity(string RunId, RetrainSpec Target, long RetrainSeed);
}
