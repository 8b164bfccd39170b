using System.Text.Json;
using NasFarm.Catalog;

namespace NasFarm.Cli.Remote;

/// <summary>What is kept of a server.</summary>
/// <param name="Token">Null: it asks for none.</param>
/// <param name="PlainHttp">Its owner has said that plain http to it is safe.</param>
internal sealed record Login(string? Token, bool PlainHttp);

/// <summary>Servers that a person has logged in at, in a file that nobody else reads: <c>logins.json</c> in $XDG_CONFIG_HOME/nasfarm, else ~/.config/nasfarm.</summary>
/// <param name="Default">Address of the server that commands ask when nothing else is named; null: none.</param>
/// <param name="Servers">By address.</param>
internal sealed record Logins(string? Default, IReadOnlyDictionary<string, Login> Servers)
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Nobody has logged in.</summary>
    public static Logins None { get; } = new(null, new Dictionary<string, Login>());

    /// <summary>The file.</summary>
    public static string File => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } folder && Path.IsPathRooted(folder)
            ? folder : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config"),
        "nasfarm", "logins.json");

    /// <summary>Reads the file. Throws <see cref="InputException"/> when others may read it, or it is not what this program wrote.</summary>
    public static Logins Read()
    {
        if (!System.IO.File.Exists(File))
            return None;
        if (!OperatingSystem.IsWindows() && (System.IO.File.GetUnixFileMode(File) & ~Own) is not 0)
            throw new InputException($"{File} holds tokens, and others may read it: chmod 600 {File}");
        try
        {
            return JsonSerializer.Deserialize<Logins>(System.IO.File.ReadAllText(File), CatalogJson.Compact) is { Servers: not null } logins ? logins
                : throw new JsonException("it is empty");
        }
        catch (JsonException wrong)
        {
            throw new InputException($"{File} cannot be read ({wrong.Message}); remove it and log in again.");
        }
    }

    /// <summary>With this server, in place of what was kept of it.</summary>
    public Logins With(ServerAddress address, Login login, bool isDefault) => new(
        isDefault ? address.ToString() : Default, new Dictionary<string, Login>(Servers) { [address.ToString()] = login });

    /// <summary>Without it.</summary>
    public Logins Without(string address) => new(Default == address ? null : Default, Servers.Where(s => s.Key != address).ToDictionary());

    /// <summary>Writes the file, whole or not at all, for its owner alone.</summary>
    public void Write()
    {
        var folder = Path.GetDirectoryName(File)!;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, Own | UnixFileMode.UserExecute);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Own;
        var written = $"{File}.{Environment.ProcessId}";
        using (var stream = new FileStream(written, options))
            JsonSerializer.Serialize(stream, this, CatalogJson.Pretty);
        System.IO.File.Move(written, File, overwrite: true);
    }
}
