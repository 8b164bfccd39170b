using System.Globalization;
using Npgsql;

namespace NasFarm.Farm.Store.Postgres;

/// <summary>Where a PostgreSQL store is and how it is reached. Prints without password.</summary>
public sealed class PostgresAddress
{
    private const int UsualConnections = 16;

    private readonly NpgsqlConnectionStringBuilder settings;

    private PostgresAddress(NpgsqlConnectionStringBuilder settings) => this.settings = settings;

    /// <summary>Connections that a process opens at most: <c>Maximum Pool Size</c>, 16 when not given.</summary>
    public int MostConnections => Given("Maximum Pool Size") ? settings.MaxPoolSize : UsualConnections;

    /// <summary>Does the text look like an address of PostgreSQL, rather than a path?</summary>
    public static bool Is(string text) => IsUrl(text) || text.Contains("Host=", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads <c>postgres://user:password@host:port/database?key=value</c> or an Npgsql connection string.
    /// Throws <see cref="ArgumentException"/> that names the key, never a value that may be secret.</summary>
    public static PostgresAddress Parse(string text)
    {
        var settings = new NpgsqlConnectionStringBuilder();
        if (IsUrl(text))
            ReadUrl(text, settings);
        else
            Try(() => settings.ConnectionString = text, "The store's connection string cannot be read");
        if (string.IsNullOrEmpty(settings.Host))
            throw new ArgumentException("The store's address names no host: postgres://user@host/database, or Host=…;Database=….");
        return new(settings);
    }

    /// <summary>What the driver needs, with our own settings where the address leaves them open.</summary>
    /// <param name="wait">How long a call may wait.</param>
    internal NpgsqlConnectionStringBuilder Connection(TimeSpan wait)
    {
        var seconds = (int)Math.Ceiling(wait.TotalSeconds);
        // A process that is suspended inside a transaction holds locks that others wait for: the server ends it. And statements of a
        // millisecond are not compiled for a second, which a server does that has not yet counted the rows of a new sweep.
        var limit = FormattableString.Invariant($"-c idle_in_transaction_session_timeout={(long)wait.TotalMilliseconds} -c jit=off");
        var connection = new NpgsqlConnectionStringBuilder(settings.ConnectionString)
        {
            Pooling = false,                    // PostgresConnections keeps them
            Enlist = false,
            TcpKeepAlive = true,
            IncludeErrorDetail = false,         // details quote rows
            Options = string.IsNullOrEmpty(settings.Options) ? limit : $"{settings.Options} {limit}",
        };
        connection.Remove("Maximum Pool Size");
        if (!Given("Max Auto Prepare"))
            (connection.MaxAutoPrepare, connection.AutoPrepareMinUsages) = (256, 2);
        if (!Given("Timeout"))
            connection.Timeout = seconds;
        if (!Given("Command Timeout"))
            connection.CommandTimeout = seconds;
        if (!Given("Application Name"))
            connection.ApplicationName = "nasfarm";
        return connection;
    }

    /// <summary>The same place as an Npgsql connection string, for other tables beside the store's.</summary>
    /// <param name="most">Connections that are kept.</param>
    public string ForOthers(int most) => new NpgsqlConnectionStringBuilder(settings.ConnectionString) { MaxPoolSize = most, ApplicationName = "nasfarm-silo" }.ConnectionString;

    /// <summary>E.g. <c>PostgreSQL database farm on db.lab:5432</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"PostgreSQL database {settings.Database ?? settings.Username ?? "of its user"} on {settings.Host}:{settings.Port}");

    private bool Given(string key) => settings.Keys.Contains(key);

    private static bool IsUrl(string text) =>
        text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);

    private static void ReadUrl(string text, NpgsqlConnectionStringBuilder settings)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
            throw new ArgumentException("The store's address cannot be read: it must be like postgres://user@host:5432/database, special characters as %XX.");
        settings.Host = url.Host;
        if (url.Port > 0)
            settings.Port = url.Port;
        if (url.AbsolutePath.Length > 1)
            settings.Database = Uri.UnescapeDataString(url.AbsolutePath[1..]);
        var user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            settings.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            settings.Password = Uri.UnescapeDataString(user[1]);
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = pair.Split('=', 2) is [var k, var v] ? (Uri.UnescapeDataString(k), Uri.UnescapeDataString(v)) : (pair, "");
            Try(() => settings[DriversName(key)] = value, $"The store's address has '{key}', whose name or value the driver does not know");
        }
    }

    /// <summary>The names that PostgreSQL's own programs use.</summary>
    private static string DriversName(string key) => key switch
    {
        "sslmode" => "SSL Mode",
        "sslrootcert" => "Root Certificate",
        "sslcert" => "SSL Certificate",
        "sslkey" => "SSL Key",
        "application_name" => "Application Name",
        "connect_timeout" => "Timeout",
        "options" => "Options",
        "search_path" => "Search Path",
        "pool" => "Maximum Pool Size",
        _ => key,
    };

    private static void Try(Action read, string problem)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException or OverflowException)
        {
            // Not the driver's words: they may quote the password.
            throw new ArgumentException($"{problem}; docs/how-to/use-postgresql.md shows what is understood.");
        }
    }
}
