namespace NasFarm.Cli.Tests.Programs;

/// <summary>Waits for what other processes do; nothing tells a test about them.</summary>
internal static class Eventually
{
    /// <summary>Looks every few milliseconds until the condition holds. False: it did not within a minute or two.</summary>
    public static async Task<bool> Holds(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(4));
        while (!condition())
        {
            if (patience.IsCancellationRequested)
                return false;
            await looks.WaitForNextTickAsync(CancellationToken.None);
        }
        return true;
    }
}
