using System.Xml.Linq;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Manifests;
using NasFarm.Farm.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Pages.Frame;
using NasFarm.Server.Pages.Grid;
using NasFarm.Server.Pages.Submit;
using NasFarm.Server.Pages.Sweep;
using NasFarm.Server.Pages.Sweeps;
using SweepPage = NasFarm.Server.Pages.Sweep.SweepPage;

namespace NasFarm.Server.Tests.Pages;

/// <summary>From a model to a page, without a farm.</summary>
public sealed class RenderingTests
{
    private const string Script = "<script>alert(1)</script>\"'&";

    private static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Names_from_outside_are_never_markup()
    {
        var sweep = Listed(SweepState.Running, Script) with { };
        var run = Cell(0, SeedRunState.Waiting) with { Arm = Script, Data = Script, RunId = Script };
        var status = new RunStatus(Script, Script, 0, SeedRunState.Failed, 0, 0, 1, false, 1, [], Script, Script);
        var pages = new[]
        {
            SweepsPage.Of(new([sweep], Next: null), new(Name: Script), Now),
            SweepPage.Of(new(sweep, SeedGrid.Of([run]), [status], new(Arm: Script), MayControl: true, Script), Around, Now),
            SweepControls.Confirm(sweep, Around, Script),
            SubmitPage.Of(new(Script, [new(Script, new(1, 1, Script), Script)], Problem: null), Around),
            SubmitPage.Of(new(Script, Problem: Script), Around),
        };

        foreach (var html in pages.Select(page => Html(Around with { Who = Script, MayLeave = true }, page)))
        {
            Assert.DoesNotContain("<script>", html);
            Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html);
            Assert.All(XDocument.Parse(html["<!DOCTYPE html>\n".Length..]).Descendants("script"), s => Assert.StartsWith("/assets/", s.Attribute("src")!.Value));
        }
    }

    [Fact]
    public void A_farm_without_sweeps_says_how_to_begin()
    {
        var html = Html(Around, SweepsPage.Of(new([], Next: null), new(), Now));

        Assert.Contains("nasfarm submit manifests/quickstart.yaml", html);
        Assert.Contains("href=\"/submit\"", html);
    }

    [Theory]
    [InlineData(SeedRunState.Waiting, false, false, "waiting", "·")]
    [InlineData(SeedRunState.Running, false, false, "running", "▸")]
    [InlineData(SeedRunState.Finished, false, false, "finished", "91.5")]
    [InlineData(SeedRunState.Finished, true, false, "diverged", "◇91.5")]
    [InlineData(SeedRunState.Finished, false, true, "collapsed", "▼91.5")]
    [InlineData(SeedRunState.Failed, false, false, "failed", "×")]
    [InlineData(SeedRunState.Cancelled, false, false, "cancelled", "–")]
    public void Every_state_has_a_sign_of_its_own(SeedRunState state, bool diverged, bool collapsed, string look, string sign)
    {
        var cell = Assert.Single(SeedGrid.Of([Cell(3, state) with
        {
            Diverged = diverged, Accuracy = state == SeedRunState.Finished ? 91.5 : null,
            Genotype = collapsed ? "|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|nor_conv_1x1~2|" : null,
        }]).Cells);

        Assert.Equal((look, sign), (cell.Look, GridTable.Sign(cell)));
        Assert.Contains($"seed 3: {(look is "diverged" or "collapsed" ? "finished, " + look : look)}", GridTable.Spoken(cell, "darts"));
    }

    [Fact]
    public void Shapes_differ_without_colour() => Assert.Equal(SeedGrid.Looks.Length, SeedGrid.Looks.Select(GridMap.Shape).Distinct().Count());

    [Fact]
    public void A_genotype_that_its_space_cannot_read_is_no_collapse() =>
        Assert.Equal("finished", Assert.Single(SeedGrid.Of([Cell(0, SeedRunState.Finished) with { Genotype = "|nonsense|" }]).Cells).Look);

    [Fact]
    public void Arms_of_several_settings_are_rows_of_their_own()
    {
        var grid = SeedGrid.Of([Cell(0, SeedRunState.Waiting), Cell(0, SeedRunState.Waiting) with { RunId = "other", Data = "mnist" }]);

        Assert.Equal(["darts · nas-bench-201 C16 N5 on cifar-10", "darts · nas-bench-201 C16 N5 on mnist"], grid.Rows.Select(r => r.Label));
        Assert.Equal([0, 0], grid.Cells.Select(c => c.Column));
    }

    [Fact]
    public void Ten_thousand_runs_are_a_map_of_few_elements_and_a_page_of_a_list()
    {
        var states = Enum.GetValues<SeedRunState>();
        var runs = Enumerable.Range(0, 10_000).Select(i => Cell(i % 2000, states[i % states.Length]) with { Arm = $"arm-{i / 2000}", RunId = $"r-{i:x16}" }).ToList();
        var page = SweepPage.Of(new(Listed(SweepState.Running, "large"), SeedGrid.Of(runs), [], new(Look: "failed", Page: 3), MayControl: false, ""), Around, Now);
        var html = Html(Around, page);
        var document = XDocument.Parse(html["<!DOCTYPE html>\n".Length..]);

        Assert.InRange(html.Length, 100_000, 500_000);
        Assert.InRange(document.Descendants().Count(), 100, 1500);
        Assert.Equal(10_000, document.Descendants().Where(e => e.Attribute("data-look") is not null).Sum(e => e.Attribute("d")!.Value.Count(c => c == 'M')));
        Assert.Equal(RunList.PerPage, document.Descendants("section").Single(s => s.Attribute("id")?.Value == "runs").Descendants("code").Count());
        Assert.Contains("page 3 of 40, 2,000 runs", html);
    }

    [Fact]
    public void The_script_draws_the_shapes_that_the_page_draws()
    {
        var script = File.ReadAllText(Farm.Tests.RepositoryFile.Path("src/NasFarm.Server/Pages/Assets/map.js"));

        Assert.All(SeedGrid.Looks, look => Assert.Contains($"{look}: '{GridMap.Shape(look)}'", script));
        Assert.Contains($"PER_LINE = {GridMap.PerLine}, SIDE = {GridMap.Side}, HEAD = {GridMap.Head}", script);
    }

    [Fact]
    public void An_editor_marks_the_lines_that_are_wrong()
    {
        var text = "apiVersion: nasfarm.io/v1\nkind: Sweep\nmetadata: { name: x }\nspec: { seeds: -1 }\n";
        var errors = Assert.Throws<ManifestException>(() => ManifestReader.Read(text)).Errors;
        var html = Html(Around, SubmitPage.Of(new(text, errors), Around));

        Assert.Contains("<span class=\"wrong\">4\n</span>", html);
        Assert.Contains("data-line=\"4\"", html);
        Assert.Contains("aria-invalid=\"true\"", html);
    }

    private static Surroundings Around { get; } = new("/", "ada", FormToken: new("__token", "secret"));

    private static ListedSweep Listed(SweepState state, string name) => new(state, new(name, name, name, 0, Now.AddHours(-3), false, new(10, 4, 1, 0, 2, 3)) { Paused = name });

    private static string Html(Surroundings around, PageContent page) => System.Text.Encoding.UTF8.GetString(Layout.Render(around, page).Span);

    private static GridRun Cell(long seed, SeedRunState state) =>
        new($"r-{seed}", "darts", new SpaceSpec("nas-bench-201", 16, 5), "cifar-10", seed, seed, state, Diverged: false, Accuracy: null, Genotype: null);
}
