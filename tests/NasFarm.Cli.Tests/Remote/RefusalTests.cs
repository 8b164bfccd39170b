using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using NasFarm.Cli.Tests.Kills;
using NasFarm.Farm.Tests.Store;
using NasFarm.Server.Access;
using static NasFarm.Farm.Tests.Store.TestPlans;
using Next = Microsoft.AspNetCore.Http.RequestDelegate;

namespace NasFarm.Cli.Tests.Remote;

/// <summary>What goes wrong between a command and a server: a sentence and an exit code for each.</summary>
[Collection(CallersAlone.Name)]
public sealed class RefusalTests : IDisposable
{
    private readonly Person person = new();

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_login_is_checked_kept_for_its_owner_alone_and_forgotten()
    {
        await using var farm = await FarmOnLoopback.StartAsync(store => store.AcceptAsync(Plan("s", Run("darts", 1))), open: false);
        var token = await farm.TokenAsync(Role.Viewer);
        await Person.RefusedAsync(ExitCodes.NotAllowed, ["status", "--server", farm.Url], "asks who you are", $"nasfarm login {farm.Url}", "NASFARM_TOKEN");
        await Person.RefusedAsync(ExitCodes.NotAllowed, ["login", farm.Url, "--token-file", person.Write("wrong", "nf_0_0\n")], "does not accept your token");
        Assert.False(System.IO.File.Exists(person.Logins));

        var said = await Person.MustRunAsync("login", farm.Url, "--token-file", person.Write("right", token + "\n"));
        Assert.Contains("as the Viewer: viewer in tenant default", said, StringComparison.Ordinal);
        Assert.DoesNotContain(token, said, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(person.Logins));
        Assert.Contains("sweep s (s)", await Person.MustRunAsync("status", "--server", farm.Url + "/"), StringComparison.Ordinal);

        // What the role does not reach is refused by the server's own sentence.
        person.Set("NASFARM_SERVER", farm.Url);
        await Person.RefusedAsync(ExitCodes.NotAllowed, ["pause", "s"], "the role operator");
        await Person.RefusedAsync(ExitCodes.NotAllowed, ["submit", farm.Place.Write("m.yaml", Reference.Sweeps["greedy"])], "the role submitter");
        person.Set("NASFARM_TOKEN", await farm.TokenAsync(Role.Operator));
        await Person.MustRunAsync("pause", "s");
        Assert.Contains("\"paused\": \"paused by the Operator", await Person.MustRunAsync("status", "--json"), StringComparison.Ordinal);
        person.Set("NASFARM_TOKEN", null);

        // To be logged in makes no default; the option does, and it is said.
        person.Set("NASFARM_SERVER", null);
        Assert.Contains("There is no farm in", (await Person.RunAsync("status", "--home", Path.Combine(farm.Place.Folder, "none"))).Errors, StringComparison.Ordinal);
        await Person.MustRunAsync("login", farm.Url, "--token-file", person.Write("right", token), "--default");
        var usual = await Person.RunAsync("status");
        Assert.Equal($"Asking {farm.Url}, your default; --home or --store names a store.\n", usual.Errors);
        Assert.Contains("sweep s (s)", usual.Output, StringComparison.Ordinal);

        System.IO.File.SetUnixFileMode(person.Logins, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await Person.RefusedAsync(ExitCodes.BadInput, ["status", "--server", farm.Url], "others may read it: chmod 600");
        System.IO.File.SetUnixFileMode(person.Logins, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await Person.MustRunAsync("logout");
        Assert.DoesNotContain(token, await System.IO.File.ReadAllTextAsync(person.Logins), StringComparison.Ordinal);
        await Person.RefusedAsync(ExitCodes.NotAllowed, ["status", "--server", farm.Url], "asks who you are");
        await Person.RefusedAsync(ExitCodes.BadInput, ["logout"], "logged in nowhere");
    }

    [Theory]
    [InlineData("--server", "ftp://farm", "--server is 'ftp://farm'", "https://farm.lab:8180")]
    [InlineData("--server", "http://ada:secret@farm.lab", "has a name or a password", "nasfarm login")]
    [InlineData("--server", "http://farm.lab:8180", "plain http beyond this machine", "--plain-http", "NASFARM_PLAIN_HTTP=1")]
    public async Task An_address_that_cannot_be_is_refused(string option, string value, params string[] said)
    {
        await Person.RefusedAsync(ExitCodes.BadInput, ["status", option, value], said);
        await Person.RefusedAsync(ExitCodes.BadInput, ["status", option, value, "--home", "x"], "name two farms");
    }

    [Fact]
    [Trait("Tier", "all")]
    public async Task A_server_that_is_away_is_asked_again_for_seconds_and_then_named() =>
        await Person.RefusedAsync(ExitCodes.Unreachable, ["status", "--server", $"http://127.0.0.1:{ClosedPort()}"], "cannot be reached", "refused");

    [Fact]
    public async Task Somebody_else_at_the_address_is_told_from_a_farm()
    {
        await using var stranger = await FarmOnLoopback.StartAsync(before: app => app.Use(async (HttpContext context, Next _) =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync("<html>nothing here</html>");
        }));
        await Person.RefusedAsync(ExitCodes.OtherServer, ["status", "--server", stranger.Url], "is no NasFarm server", "404");
        await using var moved = await FarmOnLoopback.StartAsync(before: app => app.Use((HttpContext context, Next _) =>
        {
            context.Response.Redirect("https://elsewhere.lab/");
            return Task.CompletedTask;
        }));
        await Person.RefusedAsync(ExitCodes.OtherServer, ["status", "--server", moved.Url], "sends to https://elsewhere.lab/");
    }

    [Fact]
    public async Task A_server_of_another_release_is_named_as_such()
    {
        await using var older = await FarmOnLoopback.StartAsync(store => store.AcceptAsync(Plan("s", Run("darts", 1))), before: app => app.Use((HttpContext context, Next next) =>
        {
            if (context.Request.Path.Value!.EndsWith("/find", StringComparison.Ordinal))
                context.Request.Path = "/api/v1/not-yet";
            return next(context);
        }));
        await Person.RefusedAsync(ExitCodes.OtherServer, ["status", "--server", older.Url], "does not know GET find", CodeVersion.Current);
        await using var newer = await FarmOnLoopback.StartAsync(before: app => app.Use(async (HttpContext context, Next _) =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(context.Request.Path.Value!.EndsWith("/find", StringComparison.Ordinal) ? "{\"sweep\":\"s\",\"colour\":\"blue\"}" : "{\"state\":\"dreaming\"}");
        }));
        await Person.RefusedAsync(ExitCodes.OtherServer, ["status", "--server", newer.Url], "answers GET sweeps/s in words that this program");
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_not_trusted()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await using var farm = await FarmOnLoopback.StartAsync(listens: web => web.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, at => at.UseHttps(made))));
        await Person.RefusedAsync(ExitCodes.Unreachable, ["status", "--server", farm.Url.Replace("http://", "https://", StringComparison.Ordinal)], "cannot be trusted", "SSL_CERT_FILE");
    }

    [Fact]
    public async Task A_submission_whose_answer_is_lost_makes_one_sweep_fresh_or_not()
    {
        var lost = 0;
        await using var farm = await FarmOnLoopback.StartAsync(before: app => app.Use(async (HttpContext context, Next next) =>
        {
            var isSubmission = context.Request.Method == "POST" && context.Request.Path.Value == "/api/v1/sweeps";
            if (isSubmission && lost++ % 2 == 0)
            {
                // It is done, and the connection breaks before the answer.
                context.Response.Body = new MemoryStream();
                await next(context);
                context.Abort();
                return;
            }
            await next(context);
        }));
        var manifest = farm.Place.Write("greedy.yaml", Reference.Sweeps["greedy"]);

        Assert.Contains("3 going on", await Person.MustRunAsync("submit", manifest, "--server", farm.Url), StringComparison.Ordinal);
        Assert.Single(await farm.Store.ListSweepsAsync());
        await Person.MustRunAsync("submit", manifest, "--fresh", "--server", farm.Url);
        Assert.Equal(2, (await farm.Store.ListSweepsAsync()).Count);
        Assert.Equal(4, lost);
    }

    public void Dispose() => person.Dispose();

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
