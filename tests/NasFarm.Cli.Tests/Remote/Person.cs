using System.Text;
using NasFarm.Cli.Farms;
using NasFarm.Cli.Tests.Programs;

namespace NasFarm.Cli.Tests.Remote;

/// <summary>Tests that call the command line inside this process: it has one console and one environment, so they are alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CallersAlone
{
    public const string Name = "command line in process";
}

/// <summary>A person at a command line: an environment and a configuration folder of his own.</summary>
internal sealed class Person : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nasfarm-person-").FullName;
    private readonly Dictionary<string, string?> before = [];

    public Person()
    {
        foreach (var name in new[] { FarmPlace.ServerVariable, FarmPlace.TokenVariable, FarmPlace.PlainHttpVariable, FarmHome.Variable, FarmHome.StoreVariable })
            Set(name, null);
        Set("XDG_CONFIG_HOME", folder);
    }

    public string Logins => Path.Combine(folder, "nasfarm", "logins.json");

    public void Set(string name, string? value)
    {
        before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    public string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public static async Task<Ended> RunAsync(params string[] arguments) => await Start(arguments).EndAsync();

    public static async Task<string> MustRunAsync(params string[] arguments)
    {
        var ended = await RunAsync(arguments);
        Assert.True(ended.ExitCode == ExitCodes.Done, $"nasfarm {string.Join(' ', arguments)}: {ended}");
        return ended.Output;
    }

    public static async Task RefusedAsync(int exitCode, string[] arguments, params string[] said)
    {
        var ended = await RunAsync(arguments);
        Assert.True(ended.ExitCode == exitCode, $"nasfarm {string.Join(' ', arguments)}: {ended}");
        Assert.All(said, words => Assert.Contains(words, ended.Errors, StringComparison.Ordinal));
        Assert.Equal("", ended.Output);
        Assert.DoesNotContain("   at ", ended.Errors, StringComparison.Ordinal);
    }

    /// <summary>Calls it and looks on.</summary>
    public static Called Start(params string[] arguments) => new(arguments);

    public void Dispose()
    {
        foreach (var (name, value) in before)
            Environment.SetEnvironmentVariable(name, value);
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>A command at work in this process.</summary>
internal sealed class Called
{
    private readonly Heard output = new(), errors = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task<int> ending;

    public Called(string[] arguments)
    {
        var (usualOutput, usualErrors) = (Console.Out, Console.Error);
        Console.SetOut(output);
        Console.SetError(errors);
        ending = EndAsync(arguments, usualOutput, usualErrors);
    }

    public string SaidSoFar => output.Text;

    public string Errors => errors.Text;

    /// <summary>As Ctrl-C does.</summary>
    public void Interrupt() => stop.Cancel();

    public async Task<Ended> EndAsync() => new(await ending.WaitAsync(TimeSpan.FromMinutes(2)), output.Text, errors.Text);

    private async Task<int> EndAsync(string[] arguments, TextWriter usualOutput, TextWriter usualErrors)
    {
        try
        {
            return await Task.Run(() => CommandLine.RunAsync(arguments, stop.Token));
        }
        finally
        {
            Console.SetOut(usualOutput);
            Console.SetError(usualErrors);
        }
    }

    /// <summary>Written by one, read by another.</summary>
    private sealed class Heard : TextWriter
    {
        private readonly StringBuilder text = new();

        public override Encoding Encoding => Encoding.UTF8;

        public string Text
        {
            get
            {
                lock (text)
                    return text.ToString();
            }
        }

        public override void Write(char value)
        {
            lock (text)
                text.Append(value);
        }

        public override void Write(string? value)
        {
            lock (text)
                text.Append(value);
        }
    }
}
