using NasFarm.Farm.Store;

namespace NasFarm.Cli;

/// <summary>Exit codes of <c>nasfarm</c> (docs/reference/cli.md).</summary>
public static class ExitCodes
{
    /// <summary>Done as asked.</summary>
    public const int Done = 0;

    /// <summary>Something that no other code names; the message tells.</summary>
    public const int Failed = 1;

    /// <summary>Bad input: arguments, a manifest, a data file, an unknown id. Nothing was written.</summary>
    public const int BadInput = 2;

    /// <summary>The sweep is over, and some of its runs failed or were cancelled.</summary>
    public const int RunsFailed = 3;

    /// <summary>The sweep is not over, and nothing that is left can start here.</summary>
    public const int Stuck = 4;

    /// <summary>A replay ended with other bytes than the original.</summary>
    public const int Mismatch = 5;

    /// <summary>A replay was refused: this machine computes other bits than the original's. Nothing was compared.</summary>
    public const int OtherNumerics = 6;

    /// <summary>A server refused whoever asked: no token, one that it does not accept, or a role that does not reach.</summary>
    public const int NotAllowed = 7;

    /// <summary>A server was not reached, was not trusted, or did not answer.</summary>
    public const int Unreachable = 8;

    /// <summary>What answered is no server of a farm, or one of another release.</summary>
    public const int OtherServer = 9;

    /// <summary>Stopped by Ctrl-C or SIGTERM after a checkpoint; the same command goes on.</summary>
    public const int Interrupted = 130;

    /// <summary>Of a sweep that is over.</summary>
    public static int Of(SweepCounts counts) => counts is { Failed: 0 } && counts.Cancelled == counts.NotNeeded ? Done : RunsFailed;
}

/// <summary>Input that cannot be used. The message says what and what would be right; it is printed without a stack trace.</summary>
public sealed class InputException(string message) : Exception(message);
