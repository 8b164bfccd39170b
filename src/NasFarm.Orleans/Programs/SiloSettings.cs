using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Slots;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Farm.Trainers;
using NasFarm.Orleans.Hosting;
using NasFarm.Orleans.Security;
using NasFarm.Server.Hosting;

namespace NasFarm.Orleans.Programs;

/// <summary>A silo as its file and its environment describe it: <c>nasfarm-silo.json</c> (or the file that <c>NASFARM_SILO_FILE</c> names), then
/// variables <c>NASFARM_SILO_…</c>, which have the last word: <c>NASFARM_SILO_ROLE=gpu</c>. The store, the home and the place of checkpoints are
/// the farm's own variables (<c>NASFARM_STORE</c>, <c>NASFARM_HOME</c>, <c>NASFARM_ARTIFACTS</c>).</summary>
public sealed class SiloSettings : IValidatableObject
{
    /// <summary>Prefix of the variables.</summary>
    public const string Prefix = "NASFARM_SILO_";

    /// <summary>The settings' file, where the environment names one.</summary>
    public string? File { get; set; }

    /// <summary>Address of the PostgreSQL store.</summary>
    public string? Store { get; set; }

    /// <summary>Folder of this machine's files. Default: <c>.nasfarm</c>.</summary>
    public string Home { get; set; } = ".nasfarm";

    /// <summary>Where checkpoints are kept; null: a folder in the home, which no other machine reaches.</summary>
    public string? Artifacts { get; set; }

    /// <summary><c>gpu</c> (slots), <c>control</c> (coordinates), <c>all</c> (both), <c>api</c> (no silo: a client of the cluster that serves people), or
    /// <c>migrate</c> (no silo: makes the tables, and ends).</summary>
    public string Role { get; set; } = "all";

    /// <summary><c>make</c>: the tables are made, or brought to this version's level, before anything begins; <c>await</c>: another process does that
    /// (role <c>migrate</c>), and this one waits for it.</summary>
    public string Tables { get; set; } = "make";

    /// <summary>Seconds that it waits, before anything begins, for a store that does not answer and for tables that another process makes.</summary>
    [Range(1, 86400)]
    public double StartSeconds { get; set; } = 10;

    /// <summary>A file with the text of a token that holds as admin in every tenant; where people are served it is made known to a store that knows no token of its id.
    /// Default: none.</summary>
    public string? AdminTokenFile { get; set; }

    /// <summary>Scope of membership: silos of one cluster find each other. Default: <c>nasfarm</c>.</summary>
    [Required]
    public string ClusterId { get; set; } = "nasfarm";

    /// <summary>Scope of what grains keep; never changed in a cluster's life. Default: <c>nasfarm</c>.</summary>
    [Required]
    public string ServiceId { get; set; } = "nasfarm";

    /// <summary>Address under which the other silos reach this one. Default: 127.0.0.1, for trying it on one machine.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Port for silos.</summary>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>Port for clients.</summary>
    [Range(1, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Addresses where people are served, separated by ';'. Default: role <c>api</c> <see cref="FarmWeb.UsualUrl"/>, role <c>all</c> none.</summary>
    public string? Urls { get; set; }

    /// <summary>Addresses where a silo says how it is (<c>/health/…</c>) and gives its metrics (<c>/metrics</c>), separated by ';'. Default: none.
    /// Role <c>api</c> does it at <see cref="Urls"/>.</summary>
    public string? HealthUrl { get; set; }

    /// <summary>PEM files of this member's certificate and private key, and of the authority whose certificates make a member: connections between silos, and of
    /// clients, are TLS then. All three, or none: plain connections.</summary>
    public string? TlsCertificate { get; set; }

    /// <inheritdoc cref="TlsCertificate"/>
    public string? TlsKey { get; set; }

    /// <inheritdoc cref="TlsCertificate"/>
    public string? TlsAuthority { get; set; }

    /// <summary>Units executed at once on the CPU. Default: 0.</summary>
    [Range(0, 10_000)]
    public int CpuSlots { get; set; }

    /// <summary>GPUs, one slot each, by index or UUID, separated by commas. Default: none.</summary>
    public string Gpus { get; set; } = "";

    /// <summary>Labels of every slot, separated by commas.</summary>
    public string Labels { get; set; } = "";

    /// <summary>Memory of a slot in bytes; null: as the farm finds it.</summary>
    [Range(1L, long.MaxValue)]
    public long? SlotMemoryBytes { get; set; }

    /// <summary>Program that trains. Default: <c>nasfarm</c> beside this program, else on the path.</summary>
    public string? Trainer { get; set; }

    /// <summary>Its arguments, separated by spaces. Default: <c>trainer</c>.</summary>
    public string TrainerArguments { get; set; } = "trainer";

    /// <summary>Length of a lease in seconds.</summary>
    [Range(1, 3600)]
    public double LeaseSeconds { get; set; } = 20;

    /// <summary>Seconds that what runs has for its checkpoint when the silo is asked to stop; the host waits for ten more, and a pod's grace period is to be longer.</summary>
    [Range(0, 86400)]
    public double DrainSeconds { get; set; } = 60;

    /// <summary>How often slots look for work though nobody nudges them, and control silos keep house, in seconds.</summary>
    [Range(0.05, 600)]
    public double PollSeconds { get; set; } = 10;

    /// <summary>Seconds between two probes of a silo by another; two that are missed, seen by two others, end its membership.</summary>
    [Range(0.1, 60)]
    public double ProbeSeconds { get; set; } = 2;

    /// <summary>Silos that the cluster should have, which an alert compares with those there are; null: nobody compares.</summary>
    [Range(1, 10_000)]
    public int? ExpectedSilos { get; set; }

    /// <summary>What happens is said as JSON, one object a line; else as text.</summary>
    public bool Json { get; set; }

    /// <summary>What it is for, as a silo.</summary>
    public SiloRole ParsedRole => Role.ToLowerInvariant() switch { "gpu" => SiloRole.Gpu, "control" => SiloRole.Control, "api" or "migrate" => SiloRole.None, _ => SiloRole.All };

    /// <summary>It is no silo.</summary>
    public bool IsApi => Role.Equals("api", StringComparison.OrdinalIgnoreCase);

    /// <summary>It makes the tables, and ends.</summary>
    public bool IsMigration => Role.Equals("migrate", StringComparison.OrdinalIgnoreCase);

    /// <summary>Another process makes the tables.</summary>
    public bool AwaitsTables => Tables.Equals("await", StringComparison.OrdinalIgnoreCase);

    /// <summary>Where people are served; nothing: nowhere.</summary>
    public string[] WebAddresses => FarmWeb.Addresses(Urls is { Length: > 0 } ? Urls : IsApi ? FarmWeb.UsualUrl : "");

    /// <summary>Under which certificates members speak; null: in plain.</summary>
    public ClusterCertificate? Tls => TlsFiles.All(file => file is { Length: > 0 }) ? new(TlsCertificate!, TlsKey!, TlsAuthority!) : null;

    private string?[] TlsFiles => [TlsCertificate, TlsKey, TlsAuthority];

    /// <summary>The program that trains, and that knows the data sets.</summary>
    public string TrainerProgram => Trainer ?? (System.IO.File.Exists(Path.Combine(AppContext.BaseDirectory, "nasfarm")) ? Path.Combine(AppContext.BaseDirectory, "nasfarm") : "nasfarm");

    /// <summary>The same as the farm wants it, for a process of this name.</summary>
    public LocalFarmOptions Farm(string owner) => new()
    {
        Owner = owner, CpuSlots = CpuSlots, Gpus = [.. List(Gpus).Select(id => new GpuDevice(id))], Labels = List(Labels), SlotMemoryBytes = SlotMemoryBytes,
        Artifacts = Path.Combine(Path.GetFullPath(Home), "artifacts"), Quarantine = Path.Combine(Path.GetFullPath(Home), "quarantine"),
        PollInterval = TimeSpan.FromSeconds(Math.Min(PollSeconds, LeaseSeconds / 4)),
        Trainer = new()
        {
            Program = TrainerProgram,
            Arguments = TrainerArguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Lease = TimeSpan.FromSeconds(LeaseSeconds), StopGrace = TimeSpan.FromSeconds(DrainSeconds),
        },
    };

    /// <summary>Opens the place of the checkpoints for a process of this name.</summary>
    public IArtifactStore OpenArtifacts(string owner) => ArtifactLocation.Parse(Artifacts).Open(Path.GetFullPath(Home), owner, TimeProvider.System);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Role.ToLowerInvariant() is not ("gpu" or "control" or "api" or "all" or "migrate"))
            yield return new($"role is '{Role}'; it must be gpu, control, api, all or migrate.");
        if (!AwaitsTables && !Tables.Equals("make", StringComparison.OrdinalIgnoreCase))
            yield return new($"tables is '{Tables}'; it must be make or await.");
        if (AwaitsTables && IsMigration)
            yield return new("tables is 'await' and role is migrate, which makes them.");
        if (AdminTokenFile is { Length: > 0 } && WebAddresses.Length == 0)
            yield return new($"adminTokenFile is '{AdminTokenFile}' and role is '{Role}' without urls; tokens are asked for where people are served.");
        if (Store is null || !PostgresAddress.Is(Store))
            yield return new($"store is {(Store is null ? "not given" : "another kind of address")}; silos share a PostgreSQL: NASFARM_STORE=postgres://user@host/database.");
        if (!IPAddress.TryParse(Address, out _))
            yield return new($"address is '{Address}'; it must be an IP address under which the other silos reach this one.");
        if (SiloPort == GatewayPort)
            yield return new(string.Create(CultureInfo.InvariantCulture, $"siloPort and gatewayPort are both {SiloPort}; they must differ."));
        if (ParsedRole.HasFlag(SiloRole.Gpu) && CpuSlots + List(Gpus).Length == 0)
            yield return new($"role is '{Role}' and there is no slot: give cpuSlots or gpus, or take the role control.");
        else if (ParsedRole.HasFlag(SiloRole.Gpu))
        {
            // What the slots would refuse is refused before anything begins.
            var (farm, problems) = (Farm("silo"), new List<ValidationResult>());
            Validator.TryValidateObject(farm, new(farm), problems, validateAllProperties: true);
            foreach (var problem in problems)
                yield return problem;
        }
        if (Urls is { Length: > 0 } && !IsApi && ParsedRole != SiloRole.All)
            yield return new($"urls is '{Urls}' and role is '{Role}'; people are served by the roles api and all. A silo says how it is at healthUrl.");
        if (HealthUrl is { Length: > 0 } && IsApi)
            yield return new($"healthUrl is '{HealthUrl}' and role is api, which says how it is at its urls ({string.Join(", ", WebAddresses)}).");
        if (TlsFiles.Count(file => file is { Length: > 0 }) is 1 or 2)
            yield return new("tlsCertificate, tlsKey and tlsAuthority go together; give all three, or none for plain connections.");
        else if (CheckTls() is { } problem)
            yield return new(problem);
        foreach (var url in WebAddresses.Concat(FarmWeb.Addresses(HealthUrl ?? "")).Where(url => !FarmWeb.IsAddress(url)))
            yield return new($"'{url}' is no address to listen on; it must be like {FarmWeb.UsualUrl}.");
    }

    private string? CheckTls()
    {
        try
        {
            Tls?.Check();
            return null;
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }
    }

    private static string[] List(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
