using System.Globalization;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Plans;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace NasFarm.Cli.Progress;

/// <summary>Bars on a terminal, drawn four times a second: one per executing slot, one for the sweep with the time left.</summary>
internal sealed class BarDisplay : RunDisplay
{
    private const int BarWidth = 24;

    private readonly Lock gate = new();
    private readonly RunBoard board;
    private readonly TimeProvider time;
    private readonly long origin;
    private readonly CancellationTokenSource ending = new();
    private readonly Task drawing;

    public BarDisplay(RunBoard board, TimeProvider time)
    {
        (this.board, this.time, origin) = (board, time, time.GetTimestamp());
        drawing = AnsiConsole.Live(Text.Empty).AutoClear(true).StartAsync(DrawAsync);
    }

    private double Now => time.GetElapsedTime(origin).TotalSeconds;

    public override void Tell(FarmEvent happened)
    {
        lock (gate)
            board.Apply(happened, Now);
    }

    public override async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await drawing;
        ending.Dispose();
    }

    private async Task DrawAsync(LiveDisplayContext context)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(250), time);
        try
        {
            while (await tick.WaitForNextTickAsync(ending.Token))
            {
                IRenderable drawn;
                lock (gate)
                    drawn = Draw();
                context.UpdateTarget(drawn);
            }
        }
        catch (OperationCanceledException)
        {
            // The work is over; the display clears itself.
        }
    }

    private Grid Draw()
    {
        var grid = new Grid().AddColumn().AddColumn().AddColumn().AddColumn();
        foreach (var slot in board.Slots)
        {
            var elapsed = Now - slot.Since;
            var left = slot.Fraction > 0.02 ? PlanReport.Duration(elapsed / slot.Fraction - elapsed) + " left" : "";
            grid.AddRow(Row(slot.Title, slot.Fraction, slot.StepsPerSecond > 0 ? string.Create(CultureInfo.InvariantCulture, $"{slot.StepsPerSecond:0.0} steps/s") : "starting", left));
        }
        if (board.OnlyPaused is { } paused)
            grid.AddRow(new Text(paused), Text.Empty, Text.Empty, Text.Empty);
        if (board.Counts is { } counts)
        {
            var done = counts.Declared == 0 ? 0 : (double)(counts.Declared - counts.Open) / counts.Declared;
            var left = counts.Declared > counts.Open && counts.Open > 0 ? $"about {PlanReport.Duration(Now / (counts.Declared - counts.Open) * counts.Open)} left" : "";
            grid.AddRow(Row($"{counts.Finished} of {counts.Declared} seed-runs", done, $"{counts.Running} running, {counts.Waiting} waiting", left));
        }
        return grid;
    }

    private static Text[] Row(string title, double fraction, string speed, string left)
    {
        var filled = (int)Math.Round(fraction * BarWidth);
        return [new(title), new(new string('█', filled) + new string('░', BarWidth - filled)), new(speed), new(left)];
    }
}
