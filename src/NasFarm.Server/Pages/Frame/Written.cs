using System.Xml;
using System.Xml.Linq;
using NasFarm.Analysis.Report;

namespace NasFarm.Server.Pages.Frame;

/// <summary>Content that was written once and is put into a page as it is.</summary>
internal sealed class Written : XText
{
    private readonly string markup;

    /// <param name="content">What <see cref="Markup.El"/> takes: no text in it becomes markup.</param>
    public Written(params object?[] content) : this(string.Concat(Markup.El("div", content).Nodes().Select(node => node.ToString(SaveOptions.DisableFormatting)))) { }

    private Written(string markup) : base(markup) => this.markup = markup;

    /// <summary>The same for another page: a node stands in one.</summary>
    public Written Again() => new(markup);

    /// <inheritdoc/>
    public override void WriteTo(XmlWriter writer) => writer.WriteRaw(markup);
}
