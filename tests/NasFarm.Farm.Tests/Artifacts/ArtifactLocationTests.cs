using NasFarm.Farm.Artifacts;

namespace NasFarm.Farm.Tests.Artifacts;

public sealed class ArtifactLocationTests
{
    private const long GiB = 1L << 30;

    public static TheoryData<string?, ArtifactLocation> Good => new()
    {
        { null, new ArtifactLocation.OfHome() },
        { "", new ArtifactLocation.OfHome() },
        { "/mnt/farm", new ArtifactLocation.Shared("/mnt/farm", 10 * GiB) },
        { "/mnt/farm/?cache=512MiB", new ArtifactLocation.Shared("/mnt/farm/", GiB / 2) },
        { "s3://b", new ArtifactLocation.S3("b", "", null, null, false, 10 * GiB, 16 << 20) },
        { "s3://b/a/c/?region=eu-central-1&cache=20GiB", new ArtifactLocation.S3("b", "a/c/", null, "eu-central-1", false, 20 * GiB, 16 << 20) },
        { "s3://b/p?endpoint=http://minio:9000", new ArtifactLocation.S3("b", "p/", new("http://minio:9000"), null, true, 10 * GiB, 16 << 20) },
        { "s3://b/p?endpoint=https%3A%2F%2Fs3.example&path-style=false&part=64MiB", new ArtifactLocation.S3("b", "p/", new("https://s3.example"), null, false, 10 * GiB, 64 << 20) },
    };

    [Theory, MemberData(nameof(Good))]
    public void Reads(string? text, ArtifactLocation expected) => Assert.Equal(expected, ArtifactLocation.Parse(text));

    public static TheoryData<string, string> Bad => new()
    {
        { "artifacts", "it must be s3://bucket/prefix, the absolute path of a folder" },
        { "gs://b/p", "it must be s3://bucket/prefix" },
        { "s3://", "names no bucket" },
        { "s3://b/p?endpoint=minio:9000", "no http:// or https:// address" },
        { "s3://b/p?cache=10GB", "cache=10GB; it must be a size such as 512MiB or 20GiB" },
        { "s3://b/p?cache=0GiB", "it must be a size" },
        { "s3://b/p?part=1MiB", "part=1MiB; S3 takes parts of 5MiB to" },
        { "s3://b/p?path-style=yes", "path-style=yes; it must be true or false" },
        { "s3://b/p?color=red", "an option 'color'" },
        { "/mnt/farm?endpoint=http://x", "an option 'endpoint'" },
        { "s3://b/p?cache=1GiB&cache=2GiB", "an option 'cache' twice" },
    };

    [Theory, MemberData(nameof(Bad))]
    public void Refuses_with_what_would_be_right(string text, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<FormatException>(() => ArtifactLocation.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("s3://AKIA:hush@b/p")]
    [InlineData("s3://b/p?endpoint=http://AKIA:hush@minio:9000")]
    public void A_credential_in_the_place_is_refused_and_not_repeated(string text) =>
        Assert.DoesNotContain("hush", Assert.Throws<FormatException>(() => ArtifactLocation.Parse(text)).Message, StringComparison.Ordinal);
}
