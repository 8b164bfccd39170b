namespace NasFarm.Orleans.Programs;

/// <summary>Says a thing that may be said with every call only now and then.</summary>
/// <param name="time">The clock.</param>
/// <param name="say">Hears the first one, and the first after each pause.</param>
internal sealed class Seldom(TimeProvider time, Action<string> say)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    private readonly Lock gate = new();
    private long? saidAt;

    public void Say(string text)
    {
        lock (gate)
        {
            if (saidAt is { } at && time.GetElapsedTime(at) < Pause)
                return;
            saidAt = time.GetTimestamp();
        }
        say(text);
    }
}
