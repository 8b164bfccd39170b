using System.Runtime.CompilerServices;
using NasFarm.Torch.Ext;

namespace NasFarm.Search.Tests;

/// <summary>Tests run side by side; each takes one thread, as a trainer does by default.</summary>
internal static class OneThread
{
    [ModuleInitializer]
    internal static void Set() => Determinism.Threads = 1;
}
