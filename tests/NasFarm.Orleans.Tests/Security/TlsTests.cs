using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Store.Postgres;
using NasFarm.Orleans.Hosting;
using NasFarm.Orleans.Programs;
using NasFarm.Orleans.Security;
using NasFarm.Orleans.Tests.Chaos;
using NasFarm.Orleans.Tests.Programs;
using Orleans.Configuration;
using Orleans.Hosting;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Orleans.Tests.Security;

/// <summary>Silos that speak under certificates of one authority, and who is not heard.</summary>
public sealed class TlsTests : IDisposable
{
    // No slot looks for work by itself while a test lasts: what it hears it has heard from a grain on another silo.
    private static readonly (string, string)[] Patient = [("POLLSECONDS", "300"), ("LEASESECONDS", "1200")];
    private readonly TestFolder folder = new();
    private readonly Authority farm = new("farm"), stranger = new("stranger");

    public void Dispose()
    {
        farm.Dispose();
        stranger.Dispose();
        folder.Dispose();
    }

    [TlsFact]
    public async Task Members_work_together_nobody_else_is_heard_and_a_renewed_certificate_is_shown()
    {
        await using var silos = await SiloProcesses.StartAsync(folder, []);
        var gateway = Ports.Free();
        var files = farm.Issue(folder.File("control"), "control");
        await silos.StartAsync(folder, [("ROLE", "control"), ("CPUSLOTS", "0"), ("GATEWAYPORT", gateway), .. Patient, .. files]);
        await silos.StartAsync(folder, [("ROLE", "gpu"), .. Patient, .. farm.Issue(folder.File("gpu"), "gpu")], "polite");
        await silos.StartAsync(folder, [("ROLE", "api"), ("URLS", $"http://127.0.0.1:{Ports.Free()}"), .. farm.Issue(folder.File("api"), "api")]);

        await silos.Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        Assert.True(await Eventually.Holds(() => silos.Store.ReadCountsAsync("s1").Result!.Running == 1), string.Join('\n', silos.Said));
        Assert.True(await Eventually.Holds(() => silos.Said.Any(line => line.Contains("silos answer", StringComparison.Ordinal))), string.Join('\n', silos.Said));

        // 1. Who is heard.
        Assert.True(await AnswersAsync(silos, files));
        Assert.False(await AnswersAsync(silos, null));
        Assert.False(await AnswersAsync(silos, stranger.Issue(folder.File("stranger"), "control")));

        // 2. What is shown.
        var port = int.Parse(gateway, CultureInfo.InvariantCulture);
        Assert.Equal(SerialNumber(files), await ShownAsync(port));
        var renewed = SerialNumber(farm.Issue(folder.File("control"), "control"));
        Assert.Equal(renewed, await ShownAsync(port));
        // A key that is half written is not taken for one.
        await System.IO.File.WriteAllTextAsync(files[1].Value, "-----BEGIN PRIVATE KEY-----");
        Assert.Equal(renewed, await ShownAsync(port));
    }

    [Theory]
    [InlineData("", "go together")]
    [InlineData("nowhere.pem", "nowhere.pem' cannot be read")]
    [InlineData("words.pem", "words.pem' has no certificate")]
    [InlineData("other.key", "other.key' is not the private key")]
    public void A_wrong_file_is_refused_before_a_silo_begins(string wrong, string complaint)
    {
        var files = farm.Issue(folder.File("member"), "member");
        System.IO.File.WriteAllText(folder.File("words.pem"), "these are words");
        System.IO.File.Copy(stranger.Issue(folder.File("stranger"), "member")[1].Value, folder.File("other.key"));
        var settings = new SiloSettings { Store = "postgres://farm@localhost/farm", Role = "control", TlsCertificate = files[0].Value, TlsKey = files[1].Value, TlsAuthority = files[2].Value };
        Assert.Empty(Problems(settings));
        switch (wrong)
        {
            case "":
                settings.TlsKey = null;
                break;
            case "other.key":
                settings.TlsKey = folder.File(wrong);
                break;
            default:
                settings.TlsCertificate = folder.File(wrong);
                break;
        }
        Assert.Contains(complaint, Assert.Single(Problems(settings)), StringComparison.Ordinal);
    }

    private static string[] Problems(SiloSettings settings)
    {
        var problems = new List<ValidationResult>();
        Validator.TryValidateObject(settings, new(settings), problems, validateAllProperties: true);
        return [.. problems.Select(problem => problem.ErrorMessage!)];
    }

    private static string SerialNumber((string Name, string Value)[] files)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(files[0].Value);
        return certificate.GetSerialNumberString();
    }

    /// <summary>Whether the cluster speaks to a client with this certificate; it tries twice.</summary>
    private static async Task<bool> AnswersAsync(SiloProcesses silos, (string Name, string Value)[]? files)
    {
        var answers = new TaskCompletionSource<bool>();
        var inVain = 0;
        await using var client = new FarmClient(client =>
        {
            if (files is not null)
                client.UseTls(new(files[0].Value, files[1].Value, files[2].Value));
            client.Configure<ClusterOptions>(names => (names.ClusterId, names.ServiceId) = ("nasfarm", "nasfarm"))
                .UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = (SiloProgram.Invariant, silos.OrleansConnection));
        }, () => answers.TrySetResult(true), _ => { if (++inVain == 2) answers.TrySetResult(false); }, e => answers.TrySetException(e));
        return await answers.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    /// <summary>The serial number of the certificate that a port shows.</summary>
    private static async Task<string> ShownAsync(int port)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", port);
        await using var stream = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await stream.AuthenticateAsClientAsync("nasfarm");
        return stream.RemoteCertificate!.GetSerialNumberString();
    }

    private sealed class TlsFactAttribute : FactAttribute
    {
        public TlsFactAttribute() => Skip = PostgresServer.Absent;
    }
}
