using System.Text;
using System.Xml;
using System.Xml.Linq;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Frame;

/// <summary>What every page says around its own content.</summary>
/// <param name="Path">Path of the page, for marking where one is.</param>
/// <param name="Who">Name of who looks; null: nobody is known.</param>
/// <param name="MayLeave">There is a session that can be ended.</param>
/// <param name="FormToken">Proof that a form came from this page; null: the page has no forms.</param>
internal sealed record Surroundings(string Path, string? Who = null, bool MayLeave = false, FormToken? FormToken = null);

/// <summary>A hidden field that every form carries.</summary>
internal sealed record FormToken(string Field, string Value);

/// <summary>What a page is: a title, its content, and the scripts that make it live.</summary>
/// <param name="Title">For the window and the list of tabs.</param>
/// <param name="Content">Inside the main landmark; the first heading is the page's only <c>h1</c>.</param>
internal sealed record PageContent(string Title, params object?[] Content)
{
    /// <summary>Names of script modules.</summary>
    public IReadOnlyList<string> Scripts { get; init; } = [];

    /// <summary>What scripts need to know, as <c>data-…</c> of the main landmark.</summary>
    public IReadOnlyList<(string Name, string Value)> Data { get; init; } = [];
}

/// <summary>The frame of every page: skip link, places, who looks, theme.</summary>
internal static class Layout
{
    private static readonly XmlWriterSettings AsHtml = new() { OmitXmlDeclaration = true, Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) };

    private static readonly (string Path, string Name)[] Places = [("/", "Sweeps"), ("/compare", "Compare"), ("/slots", "Slots"), ("/submit", "Submit")];

    /// <summary>The whole document, in UTF-8.</summary>
    public static ReadOnlyMemory<byte> Render(Surroundings around, PageContent page)
    {
        var document = El("html", At("lang", "en"),
            El("head",
                El("meta", At("charset", "utf-8")),
                El("meta", At("name", "viewport"), At("content", "width=device-width, initial-scale=1")),
                El("meta", At("name", "color-scheme"), At("content", "light dark")),
                El("title", $"{page.Title} – NasFarm"),
                El("link", At("rel", "icon"), At("href", Files.Path("icon.svg"))),
                El("link", At("rel", "stylesheet"), At("href", Files.Path("farm.css"))),
                El("link", At("rel", "stylesheet"), At("href", Files.Path("dark.css")), At("media", "(prefers-color-scheme: dark)"), At("id", "dark-rules")),
                El("script", At("src", Files.Path("theme.js"))),
                page.Scripts.Select(script => El("script", At("type", "module"), At("src", Files.Path(script))))),
            El("body",
                El("a", Class("skip"), At("href", "#main"), "Skip to content"),
                Header(around),
                El("main", At("id", "main"), At("tabindex", "-1"), page.Data.Select(d => At("data-" + d.Name, d.Value)), page.Content)));
        var bytes = new MemoryStream();
        bytes.Write("<!DOCTYPE html>\n"u8);
        using (var writer = XmlWriter.Create(bytes, AsHtml))
            document.WriteTo(writer);
        bytes.Write("\n"u8);
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    /// <summary>A form with its proof. The button stands in it.</summary>
    public static XElement Form(Surroundings around, string action, params object?[] content) => El("form", At("method", "post"), At("action", action),
        around.FormToken is { } token ? El("input", At("type", "hidden"), At("name", token.Field), At("value", token.Value)) : null, content);

    private static XElement Header(Surroundings around) => El("header", Class("bar"),
        El("a", Class("brand"), At("href", "/"), "NasFarm"),
        El("nav", Class("places"), At("aria-label", "Pages"), Places.Select(place =>
            El("a", At("href", place.Path), around.Path == place.Path ? At("aria-current", "page") : null, place.Name))),
        El("div", Class("who"),
            El("button", At("type", "button"), At("id", "theme"), At("hidden", "hidden"), "Theme"),
            around.Who is { } who ? El("span", Class("soft"), who) : null,
            around.MayLeave ? Form(around, "/logout", El("button", At("type", "submit"), "Log out")) : null));
}
