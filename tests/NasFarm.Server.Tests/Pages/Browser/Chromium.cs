using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace NasFarm.Server.Tests.Pages.Browser;

/// <summary>The system's Chromium, one process for a class of tests.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string? Program = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    /// <summary>Why no browser can be driven; null: one can.</summary>
    public static string? Absent => Program is null ? "Chromium is not installed (eng/install.sh tests does it): pages are not looked at in a browser" : null;

    public async Task InitializeAsync()
    {
        if (Program is null)
            return;
        // The machine may be busy with other things.
        Assertions.SetDefaultExpectTimeout(60_000);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = ["--no-sandbox", "--disable-gpu"] });
    }

    public async Task DisposeAsync()
    {
        if (Program is null)
            return;
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    /// <summary>An empty window.</summary>
    internal async Task<Window> OpenAsync(string url, int width = 1280, bool dark = false, bool script = true)
    {
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = url, ViewportSize = new() { Width = width, Height = width < 600 ? 844 : 900 }, ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light, JavaScriptEnabled = script,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(120_000);
        return new(context, await context.NewPageAsync(), new Uri(url));
    }
}

/// <summary>A window, and what went wrong in it.</summary>
internal sealed class Window : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> troubles = [];

    public Window(IBrowserContext context, IPage page, Uri home)
    {
        (this.context, Page) = (context, page);
        page.Console += (_, said) => { if (said.Type is "error" or "warning") troubles.Enqueue($"console: {said.Text}"); };
        page.PageError += (_, error) => troubles.Enqueue($"script: {error}");
        page.Request += (_, request) => { if (new Uri(request.Url).Authority != home.Authority) troubles.Enqueue($"request to elsewhere: {request.Url}"); };
    }

    public IPage Page { get; }

    /// <summary>Messages of errors and warnings, script errors, and requests to other servers.</summary>
    public IReadOnlyList<string> Troubles => [.. troubles];

    /// <summary>Rules of accessibility that the page breaks, and where.</summary>
    public async Task<IReadOnlyList<string>> BrokenRulesAsync()
    {
        await Page.EvaluateAsync(new BundledAxeScriptProvider().GetScript());
        return await Page.EvaluateAsync<string[]>(
            """
            async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.flatMap(rule => rule.nodes.slice(0, 3).map(node =>
              `${rule.id}: ${node.html.slice(0, 160)} ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ''}`))
            """);
    }

    /// <summary>By how much the page is wider than its window, and what sticks out.</summary>
    public Task<string[]> OverflowAsync() => Page.EvaluateAsync<string[]>(
        """
        () => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]
          .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 120))
        """);

    public ValueTask DisposeAsync() => context.DisposeAsync();
}
