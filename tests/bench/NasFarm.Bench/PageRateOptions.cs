using System.Globalization;

namespace NasFarm.Bench;

/// <summary>How large the farm is, and what of it is measured.</summary>
/// <param name="Store">SQLite file; an empty one is filled.</param>
/// <param name="Runs">Of the large sweep.</param>
/// <param name="Epochs">Of each finished search, with four metrics an epoch.</param>
/// <param name="Sweeps">Small ones beside it.</param>
/// <param name="Times">Requests, or loads, of each page after the first.</param>
/// <param name="Page">The only one that is measured; null: all are.</param>
/// <param name="Serve">The server stays instead.</param>
/// <param name="Browser">Pages are drawn by Chromium instead.</param>
internal sealed record PageRateOptions(
    string Store, int Runs = 10_000, int Epochs = 50, int Sweeps = 2_000, int Times = 20, string? Page = null, bool Serve = false, bool Browser = false)
{
    /// <summary>Is a page, or an answer, to be measured?</summary>
    public bool Wants(string page) => Page is null || Page == page;

    public static PageRateOptions Parse(string[] arguments)
    {
        var options = new PageRateOptions("", Serve: arguments.Contains("--serve"), Browser: arguments.Contains("--browser"));
        arguments = [.. arguments.Where(a => a is not ("--serve" or "--browser"))];
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            int Number() => int.Parse(arguments[i + 1], CultureInfo.InvariantCulture);
            options = arguments[i] switch
            {
                "--store" => options with { Store = arguments[i + 1] },
                "--runs" => options with { Runs = Number() },
                "--epochs" => options with { Epochs = Number() },
                "--sweeps" => options with { Sweeps = Number() },
                "--times" => options with { Times = Number() },
                "--page" => options with { Page = arguments[i + 1] },
                _ => throw new ArgumentException($"There is no option {arguments[i]}."),
            };
        }
        return options;
    }
}
