using System.Collections.Concurrent;
using System.Diagnostics;

namespace NasFarm.Farm.Trainers;

/// <summary>Starts child processes from one thread that lives as long as this process. A trainer asks the kernel to be killed when its
/// parent goes (PR_SET_PDEATHSIG), and to the kernel the parent is the <i>thread</i> that forked: a child started from the thread pool
/// would die when that pool thread is retired.</summary>
internal static class ParentThread
{
    private static readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Started)> Requests = [];

    static ParentThread() => new Thread(Serve) { IsBackground = true, Name = "trainer parent" }.Start();

    /// <summary>Throws <see cref="System.ComponentModel.Win32Exception"/> when the program cannot be started.</summary>
    public static Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Requests.Add((start, started));
        return started.Task;
    }

    private static void Serve()
    {
        foreach (var (start, started) in Requests.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException or IOException)
            {
                started.SetException(e);
            }
        }
    }
}
