namespace NasFarm.Cli.Remote;

/// <summary>A server did not do as asked for a reason that has an exit code of its own. The message is a sentence for people.</summary>
/// <param name="exitCode"><see cref="ExitCodes.NotAllowed"/>, <see cref="ExitCodes.Unreachable"/>, <see cref="ExitCodes.OtherServer"/> or <see cref="ExitCodes.Failed"/>.</param>
/// <param name="message">What happened and what would help.</param>
internal sealed class ServerException(int exitCode, string message) : Exception(message)
{
    /// <summary>How the program ends.</summary>
    public int ExitCode => exitCode;
}

/// <summary>An answer that was not the one asked for.</summary>
/// <param name="Problem">What it means for whoever asked.</param>
/// <param name="Passes">The same request may be answered soon.</param>
/// <param name="After">How long the server wants to be left alone; null: it does not say.</param>
internal sealed record Refused(Exception Problem, bool Passes = false, TimeSpan? After = null);
