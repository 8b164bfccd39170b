using NasFarm.Server.Auth;

namespace NasFarm.Server.Tests.Auth;

/// <summary>Where a server that asks nobody who they are may listen.</summary>
public sealed class ListeningTests
{
    [Theory, InlineData("http://127.0.0.1:8180"), InlineData("http://localhost:0"), InlineData("http://[::1]:8180"), InlineData("https://127.0.0.2:1")]
    public void On_loopback(string url) => Assert.Null(FarmAuthOptions.RefusalToListen([url]));

    [Theory, InlineData("http://0.0.0.0:8180"), InlineData("http://*:8180"), InlineData("http://+:80"), InlineData("http://[::]:80"), InlineData("http://10.0.0.1:80"),
        InlineData("http://farm.example:80"), InlineData("http://unix:/run/farm.sock"), InlineData("nonsense"), InlineData("http://localhost.example:80")]
    public void And_nowhere_else(string url)
    {
        var sentence = FarmAuthOptions.RefusalToListen(["http://127.0.0.1:8180", url]);

        Assert.StartsWith($"'{url}' can be reached from other machines", sentence, StringComparison.Ordinal);
    }
}
