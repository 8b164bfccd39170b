using Microsoft.Playwright;

namespace NasFarm.Server.Tests.Pages.Browser;

/// <summary>Every page on a desk and on a phone, in light and in dark: nothing is wider than the window, and no rule of accessibility is broken. With
/// <c>NASFARM_PICTURES</c> set to a folder, pictures of them are kept there.</summary>
[Trait("Tier", "all")]
public sealed class PictureTests(Chromium chromium, PictureTests.Seeded farm) : IClassFixture<Chromium>, IClassFixture<PictureTests.Seeded>
{
    public static TheoryData<string, string> Pages => new()
    {
        { "sweeps", "/" }, { "sweeps-none", "/?name=nothing" }, { "sweep", $"/sweeps/{SeededSweep.Id}" }, { "sweep-large", "/sweeps/large" },
        { "cancel", $"/sweeps/{SeededSweep.Id}/cancel" }, { "run", $"/runs/{SeededSweep.Finished}" }, { "run-against", $"/runs/{SeededSweep.Finished}?against=previous" },
        { "run-failed", $"/runs/{SeededSweep.Failed}" }, { "run-running", $"/runs/{SeededSweep.Running}" }, { "run-waiting", "/runs/r-darts-11" },
        { "compare", $"/compare?sweep={SeededSweep.Id}" }, { "compare-choose", "/compare" }, { "compare-two", $"/compare?sweep={SeededSweep.Id}&sweep=second" },
        { "slots", "/slots" }, { "submit", "/submit" }, { "missing", "/runs/r-none" },
    };

    [ChromiumTheory, MemberData(nameof(Pages))]
    public async Task A_page_fits_and_breaks_no_rule(string name, string path)
    {
        foreach (var (width, dark) in new[] { (1280, false), (1280, true), (390, false), (390, true) })
        {
            await using var window = await chromium.OpenAsync(farm.Url, width, dark);
            await window.Page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Load });
            if (Environment.GetEnvironmentVariable("NASFARM_PICTURES") is { Length: > 0 } folder)
                await window.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{(width > 600 ? "desk" : "phone")}-{(dark ? "dark" : "light")}.png"), FullPage = true });

            Assert.Empty(await window.OverflowAsync());
            Assert.Empty(await window.BrokenRulesAsync());
        }
    }

    /// <summary>One farm for all pages: they only read.</summary>
    public sealed class Seeded : IAsyncLifetime
    {
        private BrowsedFarm farm = null!;

        public string Url => farm.Url;

        public async Task InitializeAsync()
        {
            farm = await BrowsedFarm.StartAsync();
            await SeededSweep.FillAsync(farm.Store, farm.Time);
            await farm.Store.AcceptAsync(SeededSweep.PlanOf("large", "large", 1000, "sgas-es", "darts"));
            await farm.Store.AcceptAsync(SeededSweep.PlanOf("second", "second-look", 6, "sgas", "darts"));
        }

        public Task DisposeAsync() => farm.DisposeAsync().AsTask();
    }
}
