using System.Globalization;

namespace NasFarm.Bench;

/// <summary>What to measure; the names are those of the eager baseline.</summary>
internal sealed record BenchOptions
{
    public string Space { get; init; } = "darts";

    public int Channels { get; init; } = 16;

    public int Layers { get; init; } = 8;

    public int Batch { get; init; } = 64;

    public int Image { get; init; } = 28;

    public int Classes { get; init; } = 10;

    public int Threads { get; init; } = 1;

    public int Steps { get; init; } = 10;

    /// <summary>Steps of each kind before the timed ones.</summary>
    public int Warmup { get; init; } = 2;

    /// <summary>Of the weights.</summary>
    public double LearningRate { get; init; } = 0.025;

    public string Device { get; init; } = "cpu";

    public string? Start { get; init; }

    public static BenchOptions Parse(string[] arguments)
    {
        var options = new BenchOptions();
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            int Number() => int.Parse(arguments[i + 1], CultureInfo.InvariantCulture);
            options = arguments[i] switch
            {
                "--space" => options with { Space = arguments[i + 1] },
                "--channels" => options with { Channels = Number() },
                "--layers" => options with { Layers = Number() },
                "--batch" => options with { Batch = Number() },
                "--image" => options with { Image = Number() },
                "--threads" => options with { Threads = Number() },
                "--steps" => options with { Steps = Number() },
                "--warmup" => options with { Warmup = Number() },
                "--lr" => options with { LearningRate = double.Parse(arguments[i + 1], CultureInfo.InvariantCulture) },
                "--device" => options with { Device = arguments[i + 1] },
                "--start" => options with { Start = arguments[i + 1] },
                _ => throw new ArgumentException($"There is no option {arguments[i]}."),
            };
        }
        return options;
    }

    public static int Usage()
    {
        Console.Error.WriteLine("usage: NasFarm.Bench search-step|lambda-max [--space darts|nb201] [--channels N] [--layers N] [--batch N] [--image N] [--threads N] [--steps N] [--warmup N] [--lr N] [--device cpu|cuda] [--start FILE]\n       eng/with-postgres.sh NasFarm.Bench store [--connections N] [--seconds N] [--runs N] [--batch N] [--store ADDRESS]\n       eng/with-postgres.sh NasFarm.Bench orchestration [--trials N] [--seconds S] [--slots N] [--store ADDRESS]\n       eng/with-postgres.sh NasFarm.Bench metric-streams [--streams N] [--rate N] [--seconds S] [--processes N] [--store ADDRESS]\n       eng/with-postgres.sh NasFarm.Bench compare [--runs N] [--epochs N] [--times N] [--store ADDRESS]\n       NasFarm.Bench pages --store FILE [--runs N] [--epochs N] [--sweeps N] [--times N] [--page NAME] [--browser | --serve]");
        return 2;
    }
}
