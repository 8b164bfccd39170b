using System.Globalization;

namespace NasFarm.Bench;

/// <summary>How many silos with how many slots together, units of what length, and how long everything is used before anything is measured.</summary>
internal sealed record ScaleOptions(
    string Store, int Silos = 3, int Slots = 5000, int Phases = 3, double Seconds = 60, double LeaseSeconds = 60, int Watchers = 3, double WarmSeconds = 20)
{
    public static ScaleOptions Parse(string[] arguments)
    {
        var options = new ScaleOptions(Environment.GetEnvironmentVariable("NASFARM_STORE") ?? "");
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            double Number() => double.Parse(arguments[i + 1], CultureInfo.InvariantCulture);
            options = arguments[i] switch
            {
                "--store" => options with { Store = arguments[i + 1] },
                "--silos" => options with { Silos = (int)Number() },
                "--slots" => options with { Slots = (int)Number() },
                "--phases" => options with { Phases = (int)Number() },
                "--seconds" => options with { Seconds = Number() },
                "--lease-seconds" => options with { LeaseSeconds = Number() },
                "--warm-seconds" => options with { WarmSeconds = Number() },
                "--watchers" => options with { Watchers = (int)Number() },
                _ => throw new ArgumentException($"There is no option {arguments[i]}."),
            };
        }
        return options;
    }

    public static int Usage()
    {
        Console.Error.WriteLine("usage: eng/with-postgres.sh --connections 250 NasFarm.ClusterBench scale [--silos N] [--slots N] [--phases N] [--seconds S] [--lease-seconds S] [--watchers N] [--warm-seconds S] [--store ADDRESS]");
        return 2;
    }
}
