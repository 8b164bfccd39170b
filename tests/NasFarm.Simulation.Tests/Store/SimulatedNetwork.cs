using NasFarm.Farm.Store;
using NasFarm.Simulation.Tests.World;

namespace NasFarm.Simulation.Tests.Store;

/// <summary>The way between one process and the database: requests and answers take time, may be lost before or after they took effect,
/// and may arrive twice.</summary>
internal sealed class SimulatedNetwork(SimulatedWorld world, Database database, DiceStream dice, string name, IFarmStore store) : StoreLayer(store)
{
    protected override Task<T> Through<T>(string member, Func<Task<T>> call)
    {
        world.AssertOwnThread();
        var answer = new TaskCompletionSource<T>();
        var there = Latency();
        if (world.Faults.Strike(Fault.SlowCall, dice, out var strength))
            there += TimeSpan.FromSeconds(0.5 + 6 * strength);
        if (world.Faults.Strike(Fault.LostRequest, dice, out strength))
        {
            world.After(Patience(strength), () => answer.TrySetException(Unavailable(member, "the request was lost")));
            return answer.Task;
        }
        var lost = world.Faults.Strike(Fault.LostAnswer, dice, out var lostStrength);
        world.After(there, () =>
        {
            if (!database.IsThere(dice))
            {
                world.After(Patience(0.1), () => answer.TrySetException(Unavailable(member, "the database is gone")));
                return;
            }
            var done = Execute(member, call);
            if (lost)
                world.After(Patience(lostStrength), () => answer.TrySetException(Unavailable(member, "the answer was lost")));
            else
                world.After(Latency(), () => Deliver(done, answer));
        });
        if (world.Faults.Strike(Fault.DoubledRequest, dice, out strength))
        {
            world.After(there + TimeSpan.FromSeconds(12 * strength * strength), () =>
            {
                if (database.IsThere(dice))
                    Execute(member + " (again)", call);
            });
        }
        return answer.Task;
    }

    private Task<T> Execute<T>(string member, Func<Task<T>> call)
    {
        var done = call();
        world.Calls++;
        world.Note(Dice.Of(member));
        if (!done.IsCompleted)
            world.Violate("own-thread", $"{member} did not end in the turn it began in");
        if (!done.IsCompletedSuccessfully)
            world.Tell($"{name}: {member} refused: {done.Exception?.InnerException?.Message ?? "its caller has given up"}");
        else
            world.Tell($"{name}: {member} → {Shown(done.Result)}");
        return done;
    }

    private static void Deliver<T>(Task<T> done, TaskCompletionSource<T> answer)
    {
        if (done.IsFaulted)
            answer.TrySetException(done.Exception!.InnerExceptions);
        else if (done.IsCanceled)
            answer.TrySetCanceled();
        else
            answer.TrySetResult(done.Result);
    }

    private static object? Shown<T>(T result) => result switch
    {
        null => "nothing",
        Claim claim => claim.Key,
        System.Collections.ICollection { Count: var count } => count,
        Farm.Scheduling.FarmSnapshot s => $"{s.Waiting.Count} waiting, {s.Running.Count} running, {s.Slots.Count} slots",
        _ => result,
    };

    private TimeSpan Latency() => TimeSpan.FromMilliseconds(dice.Between(1, 20));

    /// <summary>Shorter than a lease, as the store promises.</summary>
    private static TimeSpan Patience(double strength) => TimeSpan.FromSeconds(0.5 + 5 * strength);

    private static StoreUnavailableException Unavailable(string member, string why) => new($"{member}: {why}");
}
