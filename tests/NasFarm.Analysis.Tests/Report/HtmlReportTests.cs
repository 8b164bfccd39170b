using System.Text.RegularExpressions;
using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Report;
using NasFarm.Catalog.Results;
using static NasFarm.Analysis.Tests.Synthetic;

namespace NasFarm.Analysis.Tests.Report;

public sealed partial class HtmlReportTests
{
    private static readonly string Ten = Render(RichSweeps.Table(10));

    public static TheoryData<string, SweepResult> Sweeps => new()
    {
        { "three seeds", RichSweeps.Table(3) },
        { "seven seeds, transfer", RichSweeps.Transfer(7) },
        { "three data sets", RichSweeps.Settings(10) },
        { "nothing declared", Sweep([]) },
        { "nothing finished", Sweep([TableRun("darts", 0, 90) with { State = SeedRunState.Waiting, Genotype = null, Table = new Dictionary<string, double>(), Reason = "slot" }]) },
        { "hostile words", Hostile() },
    };

    [Theory, MemberData(nameof(Sweeps))]
    public void Every_report_is_well_formed_and_asks_the_network_for_nothing(string because, SweepResult sweep)
    {
        var html = Render(sweep);
        var document = Parse(html);
        Assert.True(document.Root!.Name.LocalName == "html", because);
        Assert.DoesNotContain("://", html.Replace("http://www.w3.org/2000/svg", ""));
        Assert.DoesNotMatch(Requests(), html);
        Assert.DoesNotContain("<script", html);
    }

    [Fact]
    public void Each_section_is_there_once_and_the_navigation_reaches_it()
    {
        var document = Parse(Ten);
        string[] sections = ["notes", "seeds", "scores", "contrasts", "collapse", "trajectories", "searches", "cells", "cost", "runs", "published", "repeat"];
        Assert.Equal(sections, document.Descendants("section").Select(s => s.Attribute("id")!.Value));
        Assert.Equal(sections, document.Descendants("nav").Single().Elements("a").Select(a => a.Attribute("href")!.Value[1..]));
    }

    [Fact]
    public void Ids_are_unique() => Assert.Equal(
        Parse(Ten).Descendants().Attributes("id").Select(a => a.Value).Count(), Parse(Ten).Descendants().Attributes("id").Select(a => a.Value).Distinct().Count());

    [Fact]
    public void Every_picture_has_words_for_those_who_do_not_see_it()
    {
        var pictures = Parse(Ten).Descendants().Where(e => e.Name.LocalName == "svg").ToList();
        Assert.NotEmpty(pictures);
        Assert.All(pictures, p => { Assert.Equal("img", p.Attribute("role")?.Value); Assert.True(p.Attribute("aria-label")?.Value.Length > 10); });
    }

    [Fact]
    public void Scrolling_boxes_can_be_reached_by_the_keyboard_and_have_names() =>
        Assert.All(Parse(Ten).Descendants("div").Where(d => d.Attribute("class")?.Value == "scroll"), d =>
        {
            Assert.Equal("0", d.Attribute("tabindex")?.Value);
            Assert.False(string.IsNullOrEmpty(d.Attribute("aria-label")?.Value));
        });

    [Fact]
    public void Every_seed_of_every_arm_is_a_dot_in_the_first_figure() =>
        Assert.Equal(50, Parse(Ten).Descendants("section").Single(s => s.Attribute("id")!.Value == "seeds").Descendants("figure").First()
            .Descendants().Count(e => e.Attribute("class")?.Value.StartsWith("dot ", StringComparison.Ordinal) == true));

    [Fact]
    public void Triggers_and_rollbacks_are_marked_on_the_curves()
    {
        var classes = Parse(Ten).Descendants().Attributes("class").Select(a => a.Value).ToList();
        Assert.Contains("trigger", classes);
        Assert.Contains("rollback", classes);
        Assert.Contains("decision", classes);
    }

    [Fact]
    public void What_others_wrote_stays_words()
    {
        var html = Render(Hostile());
        Assert.DoesNotContain("<img", html);
        Assert.DoesNotContain("onerror=\"", html.Replace("&quot;", ""));
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", html);
        Assert.Contains("\uFFFD", html);
    }

    [Fact]
    public void The_same_sweep_gives_the_same_bytes() => Assert.Equal(Ten, Render(RichSweeps.Table(10)));

    [Fact]
    public void Manifest_fingerprint_and_bootstrap_seed_are_there_to_repeat_it()
    {
        Assert.Contains("kind: Sweep", Ten);
        Assert.Contains("b1946ac92492d234", Ten);
        Assert.Contains($"seed {Analysis.Statistics.SeedBootstrap.DefaultSeed}", Ten);
        Assert.Contains("0–9", Ten);
    }

    [Fact]
    public void The_demonstration_sentence_stands_in_the_banner() => Assert.Contains(
        "<strong>demonstration, n = 3: it shows the instrument, not the claim</strong>", Render(RichSweeps.Table(3)));

    [Fact]
    public void A_missing_run_is_shown_with_its_reason_and_no_contrast_is()
    {
        var sweep = RichSweeps.Table(10);
        var html = Render(sweep with { Runs = [.. sweep.Runs.Select((r, i) => i == 4 ? r with { State = SeedRunState.Failed, Reason = "out-of-memory", ReasonText = "failed: 7.9 GiB of 8 GiB used, attempt 3 of 3" } : r)] });
        Assert.Contains("49 of 50", html);
        Assert.Contains("out-of-memory", html);
        Assert.Contains("attempt 3 of 3", html);
        Assert.DoesNotContain("id=\"contrasts\"", html);
    }

    [Fact]
    public void A_report_of_another_sweep_is_refused()
    {
        var sweep = RichSweeps.Table(3);
        Assert.Throws<ArgumentException>(() => HtmlReport.Render(sweep with { SweepId = "other" }, SweepComparison.Of(sweep)));
    }

    private static SweepResult Hostile()
    {
        const string Words = "<img src=x onerror=alert(1)>\u0000\ud800\"'&";
        var run = TableRun("darts", 0, 90, Words) with { RunId = Words, Reason = Words, ReasonText = Words };
        return Sweep([run], Words, Words) with { Name = Words, Manifest = Words, CodeVersion = Words };
    }

    private static string Render(SweepResult sweep) => HtmlReport.Render(sweep, SweepComparison.Of(sweep, resamples: 200));

    private static XDocument Parse(string html) => XDocument.Parse(html["<!DOCTYPE html>\n".Length..]);

    [GeneratedRegex("(src|srcset|data|action)=\"|url\\(|@import|<link", RegexOptions.IgnoreCase)]
    private static partial Regex Requests();
}
