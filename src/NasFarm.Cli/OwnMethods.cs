using System.Reflection;
using System.Security.Cryptography;
using NasFarm.Search.Methods;

namespace NasFarm.Cli;

/// <summary>Search methods of the user's own, from libraries that <see cref="Variable"/> names (docs/how-to/add-a-method.md). They join the
/// catalog before anything reads it; trainers inherit the variable.</summary>
internal static class OwnMethods
{
    /// <summary>Paths of libraries, separated by <c>:</c>.</summary>
    public const string Variable = "NASFARM_METHODS";

    /// <summary>The libraries, for the code version: <c>, NAME.dll</c> and the first 12 digits of its SHA-256, for each.</summary>
    public static string Versions { get; private set; } = "";

    /// <summary>Adds every <see cref="IOwnMethod"/> of the libraries. Throws <see cref="InputException"/> for a file that is absent, no library, or
    /// without a method, and for a name that is taken.</summary>
    public static void Load(string? libraries)
    {
        foreach (var path in (libraries ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFullPath))
        {
            var methods = Of(path);
            if (methods.Count == 0)
                throw new InputException($"{Variable}: {path} has no public class that is an IOwnMethod.");
            foreach (var method in methods)
            {
                try
                {
                    SearchMethods.Add(method);
                }
                catch (ArgumentException taken)
                {
                    throw new InputException($"{Variable}: {path}: {taken.Message}");
                }
            }
            Versions += $", {Path.GetFileName(path)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))[..12]}";
        }
    }

    private static List<IOwnMethod> Of(string path)
    {
        if (!File.Exists(path))
            throw new InputException($"{Variable}: there is no file {path}.");
        try
        {
            return [.. Assembly.LoadFrom(path).GetExportedTypes()
                .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IOwnMethod)))
                .OrderBy(type => type.FullName, StringComparer.Ordinal)
                .Select(type => (IOwnMethod)Activator.CreateInstance(type)!)];
        }
        catch (Exception wrong) when (wrong is BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException or MissingMethodException)
        {
            throw new InputException($"{Variable}: {path} cannot be used: {wrong.Message}");
        }
    }
}
