using Microsoft.Playwright;
using NasFarm.Farm.Tests.Store;

namespace NasFarm.Server.Tests.Pages.Browser;

/// <summary>What a person does in a browser against a server on loopback.</summary>
public sealed class JourneyTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private BrowsedFarm farm = null!;

    public async Task InitializeAsync()
    {
        if (Chromium.Absent is null)
            farm = await BrowsedFarm.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (farm is not null)
            await farm.DisposeAsync();
    }

    [ChromiumFact]
    public async Task A_manifest_is_submitted_runs_before_ones_eyes_and_is_compared()
    {
        await using var window = await chromium.OpenAsync(farm.Url);
        await Journey.GoAsync(window, farm.Url, farm.Store);
    }

    [ChromiumFact]
    public async Task A_sweep_is_paused_resumed_and_cancelled_after_a_question()
    {
        await farm.Store.AcceptAsync(SeededSweep.PlanOf("some", "some", 2, "darts"));
        await using var window = await chromium.OpenAsync(farm.Url);
        var page = window.Page;
        await page.GotoAsync("/sweeps/some");

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("paused");
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("waiting");
        await page.GetByRole(AriaRole.Link, new() { Name = "Cancel …" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Cancel some?");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the sweep" }).ClickAsync();
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("cancelled");

        Assert.Empty(window.Troubles);
    }

    [ChromiumFact]
    public async Task A_page_is_dark_when_one_says_so_and_stays_dark()
    {
        await using var window = await chromium.OpenAsync(farm.Url);
        var page = window.Page;
        async Task<string> Paper() => await page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
        await page.GotoAsync("/");
        var light = await Paper();
        await page.GetByRole(AriaRole.Button, new() { Name = "Theme: system" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Theme: light" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Theme: dark" })).ToBeVisibleAsync();

        await page.GotoAsync("/slots");

        Assert.NotEqual(light, await Paper());
        Assert.Empty(window.Troubles);
    }
}
