using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NasFarm.Torch.Interop;

/// <summary>Finds <c>libnasfarm_torch.so</c> and turns its codes into exceptions.</summary>
internal static class Library
{
    public const string Name = "nasfarm_torch";

    /// <summary>Must run before the first call of a class that imports from <see cref="Name"/>; its static constructor does it.</summary>
    public static void Register() => RuntimeHelpers.RunClassConstructor(typeof(Library).TypeHandle);

    static Library() => NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Load);

    private static nint Load(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != Name) return 0;
        try
        {
            return NativeLibrary.Load(name, assembly, searchPath);
        }
        catch (DllNotFoundException missing)
        {
            throw new DllNotFoundException(WhatToDo(missing.Message), missing);
        }
    }

    /// <summary>One sentence from the loader's list of everything that it tried.</summary>
    internal static string WhatToDo(string loaderMessage)
    {
        var lines = loaderMessage.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.FirstOrDefault(line => line.Contains("undefined symbol")) is { } symbol)
            return $"lib{Name}.so was built for another libtorch than the one installed, rebuild it: {symbol}";
        if (lines.FirstOrDefault(line => line.Contains("cannot open shared object file") && !line.Contains(Name)) is { } dependency)
            return $"NasFarm needs libtorch, install it (Debian: apt-get install libtorch1.13 libopenblas0-pthread): {dependency}";
        return $"NasFarm needs lib{Name}.so beside the program, in {AppContext.BaseDirectory}; building NasFarm.Torch puts it there.";
    }

    /// <exception cref="ExternalException">The code is not 0; the message is libtorch's own.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check(int code)
    {
        if (code != 0) Throw();
    }

    private static void Throw() => throw new ExternalException(Marshal.PtrToStringUTF8(LastError.Message()));
}

internal static partial class LastError
{
    static LastError() => Library.Register();

    [LibraryImport(Library.Name, EntryPoint = "nf_last_error")]
    public static partial nint Message();
}
