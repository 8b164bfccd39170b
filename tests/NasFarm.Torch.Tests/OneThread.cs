using System.Runtime.CompilerServices;
using NasFarm.Torch.Ext;

namespace NasFarm.Torch.Tests;

/// <summary>Tests run side by side; operators of several threads each would only wait for one another.</summary>
internal static class OneThread
{
    [ModuleInitializer]
    internal static void Use() => Determinism.Threads = 1;
}
