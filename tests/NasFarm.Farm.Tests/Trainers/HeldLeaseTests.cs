using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Trainers;

namespace NasFarm.Farm.Tests.Trainers;

public sealed class HeldLeaseTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(30);
    private readonly ManualTime clock = new();

    [Fact]
    public void A_lease_is_believed_in_for_two_thirds_of_its_length_from_when_it_was_asked_for()
    {
        var lease = new HeldLease(Length, clock, clock.GetTimestamp());
        clock.Advance(TimeSpan.FromSeconds(15));
        var asked = clock.GetTimestamp();
        clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.True(lease.Holds);

        lease.Granted(asked);
        clock.Advance(TimeSpan.FromSeconds(15));
        Assert.True(lease.Holds);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.False(lease.Holds);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_asked_again_with_growing_pauses()
    {
        var lease = new HeldLease(Length, clock, clock.GetTimestamp());
        var calls = 0;

        var asking = lease.AskAsync(() => ++calls < 4 ? throw new StoreUnavailableException("gone") : Task.FromResult("here"), "lost");
        foreach (var pause in new[] { 0.1, 0.2, 0.4 })
        {
            await clock.Armed(TimeSpan.FromSeconds(pause));
            clock.Advance(TimeSpan.FromSeconds(pause));
        }

        Assert.Equal("here", await asking);
        Assert.Equal(4, calls);
    }

    [Fact]
    public async Task When_the_lease_is_over_it_is_asked_once_more_and_then_counts_as_lost()
    {
        var lease = new HeldLease(Length, clock, clock.GetTimestamp());
        clock.Advance(Length);

        Assert.Equal("here", await lease.AskAsync(() => Task.FromResult("here"), "lost"));
        Assert.Equal("lost", await lease.AskAsync(() => throw new StoreUnavailableException("gone"), "lost"));
    }

    [Fact]
    public async Task What_is_wrong_otherwise_is_not_asked_again()
    {
        var lease = new HeldLease(Length, clock, clock.GetTimestamp());

        await Assert.ThrowsAsync<InvalidDataException>(() => lease.AskAsync(() => throw new InvalidDataException("twice"), "lost"));
    }
}
