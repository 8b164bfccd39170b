using System.Net.Sockets;
using Npgsql;

namespace NasFarm.Farm.Store.Postgres;

/// <summary>Which of a server's and a network's troubles pass by themselves.</summary>
internal static class PostgresTrouble
{
    /// <summary>Trying again may help: the transaction was rolled back, or nobody knows whether it was.</summary>
    public static bool Passes(Exception trouble) => trouble switch
    {
        PostgresException server => server.SqlState is
            PostgresErrorCodes.LockNotAvailable or
            PostgresErrorCodes.ReadOnlySqlTransaction or          // a standby that is about to take over
            "25P03"                                               // we were suspended in a transaction for too long
            || server.SqlState[..2] is "08" or "40" or "53" or "57" or "58" && server.SqlState != PostgresErrorCodes.QueryCanceled
            // A newer program has added a column under a statement that this connection keeps prepared.
            || server is { SqlState: PostgresErrorCodes.FeatureNotSupported, Routine: "RevalidateCachedQuery" },
        NpgsqlException { InnerException: IOException or SocketException or TimeoutException } => true,
        NpgsqlException { InnerException: { } inner } => Passes(inner),
        SocketException or TimeoutException => true,
        _ => false,
    };

    /// <summary>The trouble in a few words that name no secret.</summary>
    public static string Say(Exception trouble) => trouble switch
    {
        PostgresException server => $"{server.MessageText} ({server.SqlState})",
        NpgsqlException { InnerException: { } inner } => Say(inner),
        _ => trouble.Message,
    };
}
