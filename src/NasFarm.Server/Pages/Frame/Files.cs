using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using NasFarm.Analysis.Report.Svg;

namespace NasFarm.Server.Pages.Frame;

/// <summary>Style sheets and scripts. Their paths carry a hash of all of them: what a path gives never changes, and whoever has it need not ask again.</summary>
internal static class Files
{
    private const string Prefix = "Pages.Assets.";

    private static readonly Dictionary<string, byte[]> All = Load();

    private static readonly string Hash = HashOf(All);

    /// <summary>Where a file is.</summary>
    public static string Path(string name) => All.ContainsKey(name) ? $"/assets/{Hash}/{name}" : throw new ArgumentException($"There is no file {name} among the pages' assets.", nameof(name));

    /// <summary>Names of all of them.</summary>
    public static IEnumerable<string> Names => All.Keys;

    /// <summary>One file. An old path is gone: pages that name it are gone too.</summary>
    public static IResult Get(string hash, string name)
    {
        if (hash != Hash || !All.TryGetValue(name, out var bytes))
            return Results.NotFound();
        return new Immutable(bytes, System.IO.Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            _ => "image/svg+xml",
        });
    }

    private sealed class Immutable(byte[] bytes, string type) : IResult
    {
        public Task ExecuteAsync(HttpContext context)
        {
            context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return Results.Bytes(bytes, type, entityTag: new($"\"{Hash}\"")).ExecuteAsync(context);
        }
    }

    private static Dictionary<string, byte[]> Load()
    {
        var assembly = typeof(Files).Assembly;
        var files = assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(n => n[Prefix.Length..], n => Read(assembly, n));

        // Pages look like reports: their rules come first. Those of dark paper have a sheet of their own, which the theme button turns on and off.
        var rules = Drawing.Resource("report.css") + Drawing.Style + Encoding.UTF8.GetString(files["farm.css"]);
        var (light, dark) = DarkRules.Part(rules);
        files["farm.css"] = Encoding.UTF8.GetBytes(light);
        files["dark.css"] = Encoding.UTF8.GetBytes($"@media screen {{\n{dark}}}\n");   // paper is never dark
        return files;
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string HashOf(Dictionary<string, byte[]> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, bytes) in files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
