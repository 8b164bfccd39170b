using System.Text.Json;
using System.Text.Json.Serialization;
using NasFarm.Catalog;
using NasFarm.Farm.Store;
using NasFarm.Server.Comparisons;

namespace NasFarm.Server.Webhooks;

/// <summary>What is told of a sweep that is over.</summary>
/// <param name="Id">The same at every try.</param>
/// <param name="Sweep">The sweep's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Text">Everything in one sentence or two: what a chat shows.</param>
/// <param name="Verdict">Of its comparison.</param>
/// <param name="Runs">How they ended.</param>
public sealed record SweepNotice(string Id, string Sweep, string Name, string Text, SweepNotice.Judgement Verdict, SweepNotice.Ends Runs)
{
    /// <summary>What has happened.</summary>
    public string Event { get; } = "sweep.ended";

    /// <summary>A kind for programs, a headline and a sentence for people.</summary>
    public sealed record Judgement(string Kind, string Headline, string Text);

    /// <summary>Numbers of runs; declared = finished + failed + cancelled.</summary>
    public sealed record Ends(int Declared, int Finished, int Failed, int Cancelled);

    /// <summary>Of a sweep and its comparison.</summary>
    public static SweepNotice Of(DueNotice notice, SweepCounts counts, ComparedSweep compared)
    {
        var verdict = compared.Comparison.Verdict;
        var ends = new Ends(counts.Declared, counts.Finished, counts.Failed, counts.Cancelled);
        var how = FormattableString.Invariant($"{ends.Finished} of {ends.Declared} runs finished");
        if (ends.Failed > 0)
            how += FormattableString.Invariant($", {ends.Failed} failed");
        if (ends.Cancelled > 0)
            how += FormattableString.Invariant($", {ends.Cancelled} cancelled");
        return new(notice.NoticeId, notice.SweepId, compared.Comparison.Name, $"{compared.Comparison.Name} is over: {how}. {verdict.Headline}. {verdict.Text}",
            new(JsonNamingPolicy.CamelCase.ConvertName(verdict.Kind.ToString()), verdict.Headline, verdict.Text), ends);
    }

    /// <summary>As JSON in UTF-8.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CatalogJson.Compact);
}
