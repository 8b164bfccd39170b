using System.CommandLine;

namespace NasFarm.Cli.Commands.Analyze;

/// <summary><c>nasfarm analyze</c>: published analyses on recorded data, of a sweep or from elsewhere.</summary>
internal static class AnalyzeCommand
{
    public static Command Create() => new("analyze", "Replay published analyses on a sweep's records or on tables from elsewhere.")
    {
        EarlyStopCommand.Create(), RanksCommand.Create(), EnsembleCommand.Create(),
    };
}
