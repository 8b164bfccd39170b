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
            throw new DllNotFoundException(
                "NasFarm cannot load libtorch: install it (Debian: apt-get install libtorch1.13 libopenblas0-pthread) and keep "
                + $"lib{Name}.so beside the program; the loader says: {LoaderSentence(missing.Message)}", missing);
        }
    }

    // The runtime lists every path it tried; the line that names a missing dependency is the useful one.
    private static string LoaderSentence(string message)
    {
        var lines = message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines.FirstOrDefault(line => line.Contains("cannot open shared object file") && !line.Contains($"lib{Name}.so: cannot")) ?? lines[0];
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
