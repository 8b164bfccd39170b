using System.Diagnostics;
using System.Text.RegularExpressions;
using NasFarm.Farm.Tests;
using NasFarm.Helm.Tests.Engine;

namespace NasFarm.Helm.Tests.Images;

/// <summary>The images, as far as they can be looked at without building them.</summary>
public sealed class DockerfileTests
{
    [Fact]
    public void Every_base_image_has_an_exact_tag_in_the_one_file()
    {
        Assert.Equal(2, Dockerfile.All.Count);
        Assert.All(Dockerfile.All, file => Assert.All(file.Of("FROM"), from =>
        {
            var variable = Regex.Match(from, @"^\$\{([A-Z_]+)\}( AS [a-z]+)?$").Groups[1].Value;
            Assert.Contains(variable, Dockerfile.BaseImages);
            Assert.Contains(variable, file.Of("ARG"));
        }));
        Assert.All(Dockerfile.BaseImages.Where(pair => pair.Key.EndsWith("_IMAGE", StringComparison.Ordinal)), pair =>
            Assert.Matches(@"^[a-z0-9.]+/[a-z0-9/]+:[0-9]+\.[0-9][A-Za-z0-9.-]*(@sha256:[0-9a-f]{64})?$", pair.Value));
        var chart = YamlJson.ReadFile(Path.Combine(ChartFixture.Chart, "values.yaml"))["images"]!["postgres"]!;
        Assert.Equal($"{chart["repository"]}:{chart["tag"]}", Dockerfile.BaseImages["POSTGRES_IMAGE"].Split('@')[0]);
    }

    [Fact]
    public void Every_image_runs_as_nobody_in_particular() => Assert.All(Dockerfile.All, file =>
    {
        Assert.Equal("10001:10001", Assert.Single(file.Of("USER")));
        Assert.Equal("[\"/app/nasfarm-silo\"]", Assert.Single(file.Of("ENTRYPOINT")));
    });

    [Fact]
    public void Every_source_that_is_copied_is_there() => Assert.All(Dockerfile.All.SelectMany(file => file.Sources), source =>
        Assert.True(Path.Exists(RepositoryFile.Path(source)), source));

    [SameDebianFact]
    public async Task Every_package_is_in_the_Debian_that_is_named()
    {
        var packages = Dockerfile.All.SelectMany(file => file.Packages).Distinct().ToList();
        Assert.True(packages.Count > 10);
        using var apt = Process.Start(new ProcessStartInfo("apt-cache", ["policy", .. packages]) { RedirectStandardOutput = true })!;
        var said = await apt.StandardOutput.ReadToEndAsync();
        await apt.WaitForExitAsync();

        Assert.All(packages, package => Assert.Matches($@"(?m)^{Regex.Escape(package)}:\n  Installed: .*\n  Candidate: [^(\n]", said));
    }

    [Fact]
    public void Compose_gives_only_settings_that_there_are_and_locks_its_containers()
    {
        var text = File.ReadAllText(RepositoryFile.Path("k8s/images/compose.yaml"));
        var settings = Regex.Matches(File.ReadAllText(RepositoryFile.Path("src/NasFarm.Orleans/Programs/SiloSettings.cs")), @"public \S+ (\w+) \{ get; set; \}")
            .Select(match => "NASFARM_SILO_" + match.Groups[1].Value.ToUpperInvariant()).ToHashSet();
        Assert.True(settings.Count > 15);
        Assert.All(Regex.Matches(text, @"NASFARM_SILO_\w+").Select(match => match.Value), variable => Assert.Contains(variable, settings));
        Assert.All(Regex.Matches(text, @"image: (\S+)").Select(match => match.Groups[1].Value), image => Assert.Matches(@"^(nasfarm-(control|gpu):[0-9.]+|\$\{(POSTGRES|DEBIAN)_IMAGE:\?give)$", image));
        Assert.Equal(4, Regex.Count(text, @"<<: \*farm\b"));
        Assert.Contains("user: \"10001:10001\"\n  read_only: true\n  cap_drop: [ALL]\n  security_opt: [no-new-privileges:true]", text, StringComparison.Ordinal);
        // Nobody but this machine is offered a port.
        Assert.All(Regex.Matches(text, @"ports: \[(.*)\]").Select(match => match.Groups[1].Value), ports => Assert.StartsWith("\"127.0.0.1:", ports, StringComparison.Ordinal));
    }

    /// <summary>Runs where this machine is the Debian of the images.</summary>
    private sealed class SameDebianFactAttribute : FactAttribute
    {
        public SameDebianFactAttribute()
        {
            var wanted = Regex.Match(Dockerfile.BaseImages["DEBIAN_IMAGE"], @"debian:(\d+)").Groups[1].Value;
            Skip = File.Exists("/etc/os-release") && File.ReadAllText("/etc/os-release") is var text && text.Contains("ID=debian", StringComparison.Ordinal)
                && text.Contains($"VERSION_ID=\"{wanted}\"", StringComparison.Ordinal) ? null : $"this machine is not Debian {wanted}, which the images are built on";
        }
    }
}
