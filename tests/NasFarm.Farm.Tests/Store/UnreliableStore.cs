using System.Reflection;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Tests.Store;

/// <summary>A store that can be gone: then no call takes effect.</summary>
public class UnreliableStore : DispatchProxy
{
    private IFarmStore store = null!;
    private volatile bool gone;
    private int refused;

    /// <summary>Calls refused so far.</summary>
    public static int Refused(IFarmStore store) => Volatile.Read(ref ((UnreliableStore)(object)store).refused);

    public static IFarmStore Before(IFarmStore store)
    {
        var proxy = Create<IFarmStore, UnreliableStore>();
        ((UnreliableStore)(object)proxy).store = store;
        return proxy;
    }

    public static void SetGone(IFarmStore store, bool gone) => ((UnreliableStore)(object)store).gone = gone;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (!gone)
            return targetMethod!.Invoke(store, args);
        Interlocked.Increment(ref refused);
        throw new StoreUnavailableException($"{targetMethod!.Name} reached nobody");
    }
}
