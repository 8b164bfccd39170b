using NasFarm.Farm.Coordination;
using NasFarm.Farm.Slots;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Farm.Trainers;

namespace NasFarm.Farm.Tests.Coordination;

/// <summary>The times in docs/how-it-works/recovery.md are those of the code.</summary>
public sealed class FailureTableTests
{
    private static readonly string Text = File.ReadAllText(RepositoryFile.Path("docs/how-it-works/recovery.md"));

    [Fact]
    public void Every_time_that_is_told_is_the_default()
    {
        var trainer = new TrainerOptions { Program = "nasfarm" };
        var farm = new LocalFarmOptions { Owner = "a", Artifacts = "a", Trainer = trainer };
        var (lease, poll) = (trainer.Lease.TotalSeconds, farm.PollInterval.TotalSeconds);
        string[] told =
        [
            $"lease {lease} s, poll {poll} s",
            $"a lease and a poll: {lease + poll} s",
            $"| {lease} s, added to the above |",
            $"trainers go on for {Math.Round(lease * 2 / 3)} s after the last renewal",
            $"{trainer.SilenceLimit.TotalMinutes} min without a word, {trainer.HelloWithin.TotalMinutes} min before hello",
            $"a call waits {PostgresFarmStore.UsualWait.TotalSeconds} s",
            $"{trainer.ArtifactPatience.TotalMinutes} min when it cannot begin or end without",
            $"{farm.Retention.KeepLast} are kept",
            $"`--drain-seconds` ({trainer.StopGrace.TotalSeconds} by default)",
            $"gets nothing new for {BadSlots.First.TotalMinutes} minutes",
            $"up to {BadSlots.Longest.TotalHours} hours",
        ];

        Assert.All(told, time => Assert.Contains(time, Text, StringComparison.Ordinal));
    }
}
