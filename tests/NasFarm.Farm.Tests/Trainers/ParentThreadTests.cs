using System.Diagnostics;
using NasFarm.Farm.Trainers;

namespace NasFarm.Farm.Tests.Trainers;

public sealed class ParentThreadTests
{
    /// <summary>Runs where util-linux's setpriv can set the parent-death signal for a child.</summary>
    private sealed class NeedsSetprivAttribute : FactAttribute
    {
        public NeedsSetprivAttribute() =>
            Skip = File.Exists("/usr/bin/setpriv") ? null : "/usr/bin/setpriv is needed to give a child a parent-death signal.";
    }

    [NeedsSetpriv]
    public void A_child_with_a_parent_death_signal_outlives_the_thread_that_asked_for_it()
    {
        Process? child = null;
        var asking = new Thread(() => child = ParentThread.StartAsync(new("/usr/bin/setpriv", ["--pdeathsig", "KILL", "cat"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false,
        }).GetAwaiter().GetResult());
        asking.Start();
        asking.Join();

        using (child)
        {
            child!.StandardInput.WriteLine("still here");
            child.StandardInput.Flush();
            Assert.Equal("still here", child.StandardOutput.ReadLine());
            child.StandardInput.Close();
            child.WaitForExit();
            Assert.Equal(0, child.ExitCode);
        }
    }
}
