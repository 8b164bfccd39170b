using System.Reflection;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Trainers;

namespace NasFarm.Farm.Tests.Coordination;

/// <summary>A slot that was offered work and came away with nothing, because others were first.</summary>
public sealed class BeatenSlotTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly ManualTime time = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1, 8)]      // looked at once until it was beaten eight times
    [InlineData(0, 0)]      // nothing was offered: no claim, and no second look
    public async Task It_looks_again_at_once_eight_times_at_most_and_then_at_its_polls(int offered, int claims)
    {
        var store = DispatchProxy.Create<IFarmStore, TakenStore>();
        var taken = (TakenStore)(object)store;
        taken.Offered = offered;
        var options = new LocalFarmOptions
        {
            Owner = "a", Host = "host", Artifacts = folder.File("artifacts"), Trainer = FakeTrainer.Options("normal"), PollInterval = TimeSpan.FromSeconds(2),
        };
        var agent = new SlotAgent(store, options, new LocalDirectory(folder.File("artifacts")), time, _ => { });
        using var stop = new CancellationTokenSource();

        var working = agent.WorkAsync(stop.Token);
        await time.Armed(options.PollInterval);
        Assert.Equal((Math.Max(1, claims), claims), (taken.Looks, taken.Claims));

        var polls = agent.NextIdle.Task;
        time.Advance(options.PollInterval);
        await polls.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((Math.Max(1, claims) + 1, claims + Math.Min(1, claims)), (taken.Looks, taken.Claims));

        await stop.CancelAsync();
        await working.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Offers a unit that somebody else always claims first.</summary>
    public class TakenStore : DispatchProxy
    {
        private int looks, claims;

        public int Offered { get; set; }

        public int Looks => Volatile.Read(ref looks);

        public int Claims => Volatile.Read(ref claims);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            switch (targetMethod!.Name)
            {
                case nameof(IFarmStore.ReadQueueAsync):
                    Interlocked.Increment(ref looks);
                    return Task.FromResult(new FarmSnapshot(default,
                        [.. Enumerable.Range(0, Offered).Select(n => new WaitingUnit($"u{n}", $"run{n}", "default", UnitKind.Search, 0, 0, n, 0, 0, default, default, "cpu", null, null, null))],
                        [], []));
                case nameof(IFarmStore.ReadUseAsync):
                    return Task.FromResult(new FarmUse([], []));
                case nameof(IFarmStore.ClaimAsync):
                    Interlocked.Increment(ref claims);
                    return Task.FromResult<Claim?>(null);
                default:
                    throw new InvalidOperationException($"{targetMethod.Name} is not asked by a slot that has nothing");
            }
        }
    }
}
