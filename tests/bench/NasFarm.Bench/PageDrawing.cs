using System.Text.Json;
using Microsoft.Playwright;

namespace NasFarm.Bench;

/// <summary>How long Chromium takes from a navigation until the page is drawn: loaded, with its style sheets and scripts, and two frames further.</summary>
internal static class PageDrawing
{
    private const string Drawn = "window.drawn = new Promise(tell => addEventListener('load', () => requestAnimationFrame(() => requestAnimationFrame(() => tell(performance.now())))));";

    // Entries of the largest paint come to observers only.
    private const string Largest =
        "() => new Promise(tell => new PerformanceObserver(paints => tell(paints.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true }))";

    public static async Task RunAsync(Uri server, PageRateOptions options)
    {
        var program = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException("Chromium is not installed: eng/install.sh tests does it.");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox", "--disable-gpu"] });
        foreach (var (page, path) in PageRate.Pages.Where(p => options.Wants(p.Page)))
        {
            await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
            context.SetDefaultTimeout(120_000);
            await context.AddInitScriptAsync(Drawn);
            var (drawn, largest) = (new List<double>(), new List<double>());
            for (var i = 0; i < options.Times + 1; i++)
            {
                // A window of its own: what the one before still hears and draws is not this page's.
                var window = await context.NewPageAsync();
                await window.GotoAsync(new Uri(server, path).ToString());
                drawn.Add(await window.EvaluateAsync<double>("() => window.drawn"));
                largest.Add(await window.EvaluateAsync<double>(Largest));
                await window.CloseAsync();
            }
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                what = "drawn", page, runs = options.Runs, sweeps = options.Sweeps, times = options.Times, first_ms = drawn[0], median_ms = SearchStep.Median([.. drawn.Skip(1)]),
                p95_ms = PageRate.Percentile95(drawn.Skip(1)), largest_paint_median_ms = SearchStep.Median([.. largest.Skip(1)]), largest_paint_p95_ms = PageRate.Percentile95(largest.Skip(1)),
            }));
        }
    }
}
