using Microsoft.Playwright;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using NasFarm.Catalog.Units;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Server.Tests.Pages.Browser;

/// <summary>What a person does from a manifest to its comparison, in a browser against a server on loopback.</summary>
public sealed class JourneyTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    /// <summary>Two arms of one seed, small enough to be finished by hand.</summary>
    private const string Manifest =
        """
        apiVersion: nasfarm.io/v1
        kind: Sweep
        metadata: { name: by-hand }
        spec:
          seeds: [3]
          space: { name: nas-bench-201, channels: 4, cells: 1 }
          data: { name: fashion-mnist, imageSize: 16, trainImages: 640, alphaImages: 640 }
          methods:
            - name: darts
              hyperparameters: { order: 1, epochs: 2, batchSize: 32 }
            - random
          retrain:
            - { data: fashion-mnist, recipe: nas-bench-201, seeds: [0], imageSize: 16, trainImages: 640, testImages: 640, settings: { channels: 4, cells: 1, epochs: 1, batchSize: 64 } }
          comparison: { primary: [darts, random] }
        """;

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
        var page = window.Page;

        // 1. An empty farm says what to do.
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "Submit a manifest here" }).ClickAsync();

        // 2. What is wrong is said while one types, at its line.
        await page.GetByLabel("Manifest, YAML").FillAsync(Manifest.Replace("seeds: [3]", "seeds: [-3.5]"));
        await Assertions.Expect(page.Locator("#problems li")).ToContainTextAsync("Line 5");
        await Assertions.Expect(page.Locator("#gutter .wrong")).ToHaveTextAsync("5\n");
        await page.GetByLabel("Manifest, YAML").FillAsync(Manifest);
        await Assertions.Expect(page.Locator("#problems")).ToHaveTextAsync("Nothing is wrong with it.");

        // 3. The plan, then the sweep.
        await page.GetByRole(AriaRole.Button, new() { Name = "Show the plan" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What it would run" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("by-hand");
        await Assertions.Expect(page.Locator("#live")).ToHaveTextAsync("live");
        await Assertions.Expect(page.Locator("a.cell.waiting")).ToHaveCountAsync(2);

        // 4. The grid fills without a reload.
        await page.EvaluateAsync("() => { window.stayed = true; }");
        var runs = (await farm.Store.ReadSweepAsync((await farm.Store.ListSweepsAsync()).Single().SweepId))!.Runs;
        await FinishAsync(runs.Single(r => r.Arm == "darts"), 91.25);
        await Assertions.Expect(page.Locator("a.cell.finished")).ToContainTextAsync("91.3");
        await Assertions.Expect(page.Locator("tr[data-arm=darts] [data-of=meanAccuracy]")).ToHaveTextAsync("91.25");
        await FinishAsync(runs.Single(r => r.Arm == "random"), 90.5);
        await Assertions.Expect(page.Locator("a.cell.finished")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator("#sum .counts")).ToContainTextAsync("2 declared = 2 finished");
        Assert.True(await page.EvaluateAsync<bool>("() => window.stayed"));

        // 5. A run, its comparison, the export.
        await page.Locator("a.cell").First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("darts, seed 3");
        await page.GetByRole(AriaRole.Link, new() { Name = "by-hand" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Comparison" }).ClickAsync();
        await Assertions.Expect(page.Locator("#scores")).ToContainTextAsync("91.25");
        await page.GoBackAsync();
        var export = await page.APIRequest.GetAsync(farm.Url + await page.GetByRole(AriaRole.Link, new() { Name = "Export" }).GetAttributeAsync("href"));
        Assert.True(export.Ok, await export.TextAsync());

        Assert.Empty(window.Troubles);
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

    private async Task FinishAsync(RunStatus run, double accuracy)
    {
        for (var unit = run.OpenUnits.Single(); ;)
        {
            var claim = await farm.Store.MustClaimAsync(unit);
            await farm.Store.RecordStartedAsync(claim.Key, Started(claim.Key.Fence));
            if (claim.Unit.Kind == UnitKind.Retrain)
            {
                await farm.Store.CompleteAsync(claim.Key, RetrainDone(unit, claim.Key.Fence, accuracy), []);
                return;
            }
            var cell = "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_1x1~1|+|avg_pool_3x3~0|nor_conv_3x3~1|nor_conv_1x1~2|";
            await farm.Store.CompleteAsync(claim.Key, new(claim.Key.Fence, TestPlans.File(unit, claim.Key.Fence, 2, end: true), new(true, cell, 2, 2, false), null), []);
            unit = (await farm.Store.StatusAsync((await farm.Store.ListSweepsAsync()).Single().SweepId, run.RunId)).OpenUnits.Single();
        }
    }
}
