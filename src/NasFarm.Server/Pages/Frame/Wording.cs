using System.Globalization;
using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Catalog.Results;
using NasFarm.Farm.Store;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Frame;

/// <summary>How pages write times, counts and names.</summary>
internal static class Wording
{
    /// <summary>How long ago, with the instant for programs and for the pointer.</summary>
    public static XElement Ago(DateTimeOffset at, DateTimeOffset now) => Time(at, $"{Span(now - at)} ago");

    /// <summary>An instant, to the second.</summary>
    public static XElement Instant(DateTimeOffset at) => Time(at, at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));

    /// <summary><c>40 s</c>, <c>12 min</c>, <c>5 h</c>, <c>3 days</c>.</summary>
    public static string Span(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => "0 s",
        { TotalSeconds: < 100 } => Whole(time.TotalSeconds, "s"),
        { TotalMinutes: < 100 } => Whole(time.TotalMinutes, "min"),
        { TotalHours: < 48 } => Whole(time.TotalHours, "h"),
        _ => Whole(time.TotalDays, "days"),
    };

    /// <summary><c>1,234</c>.</summary>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary><c>1 seed</c>, <c>1,234 seeds</c>.</summary>
    public static string Count(long count, string what) => $"{Count(count)} {what}{(count == 1 ? "" : "s")}";

    /// <summary>All runs are always accounted for.</summary>
    public static string Sum(SweepCounts c) =>
        $"{Count(c.Declared)} declared = {Count(c.Finished)} finished + {Count(c.Failed)} failed + {Count(c.Cancelled)} cancelled + {Count(c.Running)} running + {Count(c.Waiting)} waiting";

    /// <summary>A state in a word.</summary>
    public static string State(SeedRunState state) => state.ToString().ToLowerInvariant();

    /// <summary>A stable name as a person reads it: <c>out-of-memory</c> is <c>out of memory</c>.</summary>
    public static string Plain(string name) => name.Replace('-', ' ').Replace('_', ' ');

    /// <summary>Percent or the sign of absence.</summary>
    public static string Accuracy(double? value) => Numbers.Points(value);

    private static XElement Time(DateTimeOffset at, string words) =>
        El("time", At("datetime", at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)), At("title", at.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)), words);

    private static string Whole(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(value):0} {unit}");
}
