using NasFarm.Farm.Coordination;
using NasFarm.Farm.Plans;

namespace NasFarm.Cli.Progress;

/// <summary>Shows what a farm is doing: bars on a terminal, a line per ended unit elsewhere, nothing when asked to be quiet.</summary>
internal abstract class RunDisplay : IAsyncDisposable
{
    /// <summary>The display that fits standard output.</summary>
    public static RunDisplay For(SweepPlan plan, bool silent) =>
        silent ? new NoDisplay() : Console.IsOutputRedirected ? new LineDisplay(new(plan)) : new BarDisplay(new(plan), TimeProvider.System);

    /// <summary>Hears an event, from any thread.</summary>
    public abstract void Tell(FarmEvent happened);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class NoDisplay : RunDisplay
    {
        public override void Tell(FarmEvent happened)
        {
        }
    }
}

/// <summary>A line per ended unit.</summary>
internal sealed class LineDisplay(RunBoard board) : RunDisplay
{
    private readonly Lock gate = new();

    public override void Tell(FarmEvent happened)
    {
        lock (gate)
        {
            board.Apply(happened, 0);
            if (board.Say(happened) is { } line)
                Console.WriteLine(line);
        }
    }
}
