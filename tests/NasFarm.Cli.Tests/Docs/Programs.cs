namespace NasFarm.Cli.Tests.Docs;

/// <summary>Programs that pages name.</summary>
internal static class Programs
{
    /// <summary>Why what needs a cluster is not executed.</summary>
    public const string Cluster = "needs a cluster";

    /// <summary>Lines with these alone are executed.</summary>
    private static readonly HashSet<string> Runnable = ["nasfarm", "export", "curl", "eval", "source", "tar", "cd", "sha256sum"];

    /// <summary>Lines with one of these are not executed, and why.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["make"] = "builds or tests everything; it must be a target of the Makefile",
        ["dotnet"] = "builds or tests a project",
        ["nasfarm-silo"] = "needs Orleans, and goes on until it is asked to stop; tests/NasFarm.Orleans.Tests start silos",
        ["createdb"] = "the test makes its database itself",
        ["psql"] = "asks a database that the page describes",
        ["sh"] = "runs a script that the farm or the checkout holds",
        ["apt-get"] = "changes the machine",
        ["systemctl"] = "changes the machine",
        ["kubectl"] = Cluster,
        ["helm"] = Cluster,
        ["kind"] = Cluster,
        ["k3s"] = Cluster,
        ["docker"] = "needs a container engine",
        ["podman"] = "needs a container engine",
        ["promtool"] = "needs Prometheus",
        ["amtool"] = "needs Prometheus",
        ["prometheus"] = "needs Prometheus",
        ["openssl"] = "makes what another program of its line takes",
        ["base64"] = "reads what another program of its line gives",
        ["sed"] = "reads what another program of its line gives",
        ["grep"] = "reads what another program of its line gives",
        ["for"] = "repeats what another program of its line does",
    };

    // Words of prose too, and so no sign of a block of commands.
    private static readonly HashSet<string> Prose = ["source", "eval", "for", "kind"];

    public static bool IsKnown(string program) => Runnable.Contains(program) || Elsewhere.ContainsKey(program);

    /// <summary>A line that begins so is one of commands.</summary>
    public static bool Tells(string program) => IsKnown(program) && !Prose.Contains(program);

    /// <summary>Why a line with this program is not executed; null: it is.</summary>
    public static string? WhyNotRun(string program) => Elsewhere.GetValueOrDefault(program);
}
