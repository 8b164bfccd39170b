using System.Collections.Concurrent;
using System.Diagnostics;

namespace NasFarm.Cli.Tests.Programs;

/// <summary>Starts programs from one thread that lives as long as the tests: a trainer dies with the thread that started it, and threads of the
/// pool are retired.</summary>
internal static class ParentThread
{
    private static readonly BlockingCollection<Task<Process>> Starts = [];

    static ParentThread() => new Thread(Serve) { IsBackground = true, Name = "parent of programs" }.Start();

    public static Process Start(ProcessStartInfo start)
    {
        var started = new Task<Process>(() => Process.Start(start)!);
        Starts.Add(started);
        return started.GetAwaiter().GetResult();
    }

    private static void Serve()
    {
        foreach (var start in Starts.GetConsumingEnumerable())
            start.RunSynchronously();
    }
}
