using System.CommandLine;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm retry</c>: gives failed units their attempts back; nothing is ever retried silently.</summary>
internal static class RetryCommand
{
    public static Command Create()
    {
        var sweep = Options.Sweep();
        var (home, at) = (Options.Home(), Options.Store());
        var command = new Command("retry", "Give the failed units of a sweep their attempts back; 'nasfarm run' then goes on with them.") { sweep, home, at };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var store = await FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)).OpenAsync(create: false, cancel);
            var summary = await FarmHome.FindSweepAsync(store, parsed.GetValue(sweep), cancel);
            var operation = $"retry-{Environment.ProcessId}-{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}";
            var report = await store.RetryFailedAsync(summary.SweepId, operation, cancel)
                ?? throw new InputException($"There is no sweep {summary.SweepId}.");
            Console.WriteLine($"{report.RetriedUnits} failed units of {summary.Name} will be tried again.");
            return ExitCodes.Done;
        });
        return command;
    }
}
