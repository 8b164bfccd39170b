using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NasFarm.Farm.Tests;
using NasFarm.Farm.Tests.Store;

namespace NasFarm.Helm.Tests.Images;

/// <summary><c>make pin-images</c> against a registry on loopback.</summary>
public sealed class PinTests : IDisposable
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_a_registry_answers_is_written_and_what_none_answers_stays()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var registry = builder.Build();
        registry.Run(http =>
        {
            var at = $"{http.Request.Scheme}://{http.Request.Host}";
            if (http.Request.Path == "/token")
                return http.Response.WriteAsJsonAsync(new { token = $"for {http.Request.Query["scope"]}" });
            if (http.Request.Headers.Authorization != "Bearer for repository:library/debian:pull")
            {
                (http.Response.StatusCode, http.Response.Headers.WWWAuthenticate) = (401, $"Bearer realm=\"{at}/token\",service=\"registry\"");
                return Task.CompletedTask;
            }
            http.Response.StatusCode = http.Request.Path == "/v2/library/debian/manifests/12.11-slim" ? 200 : 404;
            if (http.Response.StatusCode == 200)
                http.Response.Headers["Docker-Content-Digest"] = Digest;
            return Task.CompletedTask;
        });
        await registry.StartAsync();
        var server = new Uri(registry.Urls.Single()).Authority;
        var list = folder.File("images.env");
        await File.WriteAllTextAsync(list, $"# why\nDEBIAN_IMAGE={server}/library/debian:12.11-slim\nOTHER_IMAGE={server}/library/debian:13.0\nTORCH_VERSION=2.10.0\n");

        var (code, errors) = await PinAsync(list);

        Assert.Equal(1, code);
        Assert.Contains("OTHER_IMAGE: no registry says which digest", errors, StringComparison.Ordinal);
        Assert.Equal($"# why\nDEBIAN_IMAGE={server}/library/debian:12.11-slim@{Digest}\nOTHER_IMAGE={server}/library/debian:13.0\nTORCH_VERSION=2.10.0\n", await File.ReadAllTextAsync(list));

        // A pinned one is asked again by its tag.
        await File.WriteAllTextAsync(list, $"DEBIAN_IMAGE={server}/library/debian:12.11-slim@sha256:{new string('f', 64)}\n");
        Assert.Equal((0, ""), await PinAsync(list));
        Assert.Equal($"DEBIAN_IMAGE={server}/library/debian:12.11-slim@{Digest}\n", await File.ReadAllTextAsync(list));
    }

    private static async Task<(int Code, string Errors)> PinAsync(string list)
    {
        using var pin = Process.Start(new ProcessStartInfo(RepositoryFile.Path("eng/images.sh"), ["pin"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["BASE_IMAGES"] = list, ["no_proxy"] = "127.0.0.1" },
        })!;
        var (errors, output) = (pin.StandardError.ReadToEndAsync(), pin.StandardOutput.ReadToEndAsync());
        await pin.WaitForExitAsync();
        await output;
        return (pin.ExitCode, await errors);
    }
}
