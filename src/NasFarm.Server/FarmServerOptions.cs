using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Data;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Manifests;
using NasFarm.Farm.Store;
using NasFarm.Server.Auth;
using NasFarm.Server.Telemetry;
using NasFarm.Server.Webhooks;

namespace NasFarm.Server;

/// <summary>What a server stands on. Whoever opened the store closes it.</summary>
public sealed class FarmServerOptions
{
    /// <summary>The farm's memory: everything that is read comes from here.</summary>
    public required IFarmStore Store { get; init; }

    /// <summary>The engine: what people ask of sweeps goes there, and news come from there.</summary>
    public required IFarmHost Host { get; init; }

    /// <summary>Data sets that submitted manifests may name.</summary>
    public required IDataSets Data { get; init; }

    /// <summary>Version of the program, which plans keep.</summary>
    public required string CodeVersion { get; init; }

    /// <summary>The clock of limits, expiries and heartbeats.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Makes ids that nobody has had: of commands that come without one.</summary>
    public required Func<string> NewId { get; init; }

    /// <summary>How callers prove who they are. Unless told otherwise they show tokens.</summary>
    public FarmAuthOptions Auth { get; init; } = new();

    /// <summary>Where checkpoints are kept, for downloads. Null: this server does not know.</summary>
    public IArtifactStore? Artifacts { get; init; }

    /// <summary>Who is told when a sweep is over. Null: nobody.</summary>
    public Webhook? Webhook { get; init; }

    /// <summary>Hears what the server did by itself, in words for people.</summary>
    public Action<string> Tell { get; init; } = _ => { };

    /// <summary>Longest manifest that is read, in bytes of UTF-8.</summary>
    public int MaxManifestBytes { get; init; } = YamlText.MaxBytes;

    /// <summary>The program's metrics, served at <c>/metrics</c>. Null: there are none.</summary>
    public FarmTelemetry? Telemetry { get; init; }

    /// <summary>Benchmark tables, for scores of runs that are scored by one: those that the environment names.</summary>
    public BenchmarkTables Tables { get; init; } = new();
}
