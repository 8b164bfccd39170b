using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;
using NasFarm.Server.Hosting;
using NasFarm.Server.Telemetry;
using NasFarm.Server.Webhooks;

namespace NasFarm.Orleans.Programs;

/// <summary>The web server of a cluster: the same as that of <c>nasfarm serve</c>.</summary>
internal sealed class PeopleWeb : IAsyncDisposable
{
    private readonly WebApplication web;
    private readonly IArtifactStore artifacts;

    private PeopleWeb(WebApplication web, IArtifactStore artifacts) => (this.web, this.artifacts) = (web, artifacts);

    /// <summary>Listens. Throws <see cref="InvalidDataException"/> for addresses that others reach while there is no token and for keys and tokens
    /// that are none, <see cref="IOException"/> when an address is taken or a file cannot be read.</summary>
    public static async Task<PeopleWeb> StartAsync(SiloSettings settings, IFarmStore store, IFarmHost farm, FarmTelemetry telemetry, FarmLines lines)
    {
        var urls = settings.WebAddresses;
        var hook = Webhook.FromEnvironment();
        if (settings.AdminTokenFile is { Length: > 0 } file)
            await AdoptAsync(store, file, lines);
        var auth = await FarmWeb.AuthAsync(store, Path.GetFullPath(settings.Home), urls, CancellationToken.None);
        var artifacts = settings.OpenArtifacts(string.Create(CultureInfo.InvariantCulture, $"api-{Environment.MachineName}-{Environment.ProcessId}"));
        try
        {
            var web = await FarmWeb.StartAsync(new()
            {
                Store = store, Host = farm, Data = new ProgramDataSets(settings.TrainerProgram, TimeProvider.System), Artifacts = artifacts, CodeVersion = CodeVersion,
                Telemetry = telemetry, Auth = auth, Webhook = hook, Tell = text => lines.Say("webhook", text),
                Time = TimeProvider.System, NewId = () => RandomNumberGenerator.GetHexString(32, lowercase: true),
            }, urls, CancellationToken.None);
            lines.Say("ready", $"serves cluster {settings.ClusterId} at {string.Join(", ", web.Urls)}; {FarmWeb.Describe(auth)}");
            return new(web, artifacts);
        }
        catch (Exception e)
        {
            await artifacts.DisposeAsync();
            if (e is ArgumentException wrongKey)
                throw new InvalidDataException(wrongKey.Message, wrongKey);
            throw;
        }
    }

    private static async Task AdoptAsync(IFarmStore store, string file, FarmLines lines)
    {
        try
        {
            if (await Tokens.AdoptAsync(store, (await File.ReadAllTextAsync(file)).Trim(), "made at installation", "*", Role.Admin))
                lines.Say("token", $"the token in {file} holds as admin in every tenant from now on");
        }
        catch (RefusedException refused)
        {
            throw new InvalidDataException($"adminTokenFile is '{file}': {refused.Message}", refused);
        }
    }

    private static string CodeVersion =>
        typeof(PeopleWeb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Answers what was asked, and nothing more.</summary>
    public Task StopAsync() => web.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await web.DisposeAsync();
        await artifacts.DisposeAsync();
    }
}
