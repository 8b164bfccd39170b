using Microsoft.Playwright;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Server.Tests.Pages.Browser;

/// <summary>What a person does from a manifest to its comparison, on an empty farm whose units nobody but the journey finishes.</summary>
internal static class Journey
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

    /// <summary>Goes from the empty list of sweeps to the export.</summary>
    /// <param name="window">Empty.</param>
    /// <param name="url">Of the server.</param>
    /// <param name="store">Behind it.</param>
    /// <param name="meanwhile">Happens while one of two runs is finished and the grid is looked at.</param>
    public static async Task GoAsync(Window window, string url, IFarmStore store, Func<Task>? meanwhile = null)
    {
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
        var runs = (await store.ReadSweepAsync((await store.ListSweepsAsync()).Single().SweepId))!.Runs;
        await FinishAsync(store, runs.Single(r => r.Arm == "darts"), 91.25);
        await Assertions.Expect(page.Locator("a.cell.finished")).ToContainTextAsync("91.3");
        await Assertions.Expect(page.Locator("tr[data-arm=darts] [data-of=meanAccuracy]")).ToHaveTextAsync("91.25");
        if (meanwhile is not null)
            await meanwhile();
        await FinishAsync(store, runs.Single(r => r.Arm == "random"), 90.5);
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
        var export = await page.APIRequest.GetAsync(url + await page.GetByRole(AriaRole.Link, new() { Name = "Export" }).GetAttributeAsync("href"));
        Assert.True(export.Ok, await export.TextAsync());

        Assert.Empty(window.Troubles);
    }

    private static async Task FinishAsync(IFarmStore store, RunStatus run, double accuracy)
    {
        for (var unit = run.OpenUnits.Single(); ;)
        {
            var claim = await store.MustClaimAsync(unit);
            await store.RecordStartedAsync(claim.Key, Started(claim.Key.Fence));
            if (claim.Unit.Kind == UnitKind.Retrain)
            {
                await store.CompleteAsync(claim.Key, RetrainDone(unit, claim.Key.Fence, accuracy), []);
                return;
            }
            var cell = "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_1x1~1|+|avg_pool_3x3~0|nor_conv_3x3~1|nor_conv_1x1~2|";
            await store.CompleteAsync(claim.Key, new(claim.Key.Fence, TestPlans.File(unit, claim.Key.Fence, 2, end: true), new(true, cell, 2, 2, false), null), []);
            unit = (await store.StatusAsync((await store.ListSweepsAsync()).Single().SweepId, run.RunId)).OpenUnits.Single();
        }
    }
}
