using System.Data.Common;
using Orleans.Runtime;
using Orleans.Serialization;

namespace NasFarm.Orleans.Grains;

/// <summary>What may become of a call to a grain.</summary>
internal static class GrainCalls
{
    /// <summary>Nobody has answered, or nobody knows the call: it may or may not have been heard, and is safe to repeat. An argument is wrong where no
    /// silo has a grain of the interface, or an older one does not know a verb.</summary>
    public static bool IsUnanswered(Exception e) => e is OrleansException or TimeoutException or EnumerationAbortedException or ObjectDisposedException or ArgumentException
        // What went wrong there has no words here.
        or SerializerException;

    /// <summary>A state could not be kept: the storage is away, or another activation was first.</summary>
    public static bool IsNotKept(Exception e) => e is OrleansException or DbException;
}
