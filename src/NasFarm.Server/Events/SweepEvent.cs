using System.Globalization;
using System.Text;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Events;

/// <summary>What has moved in a sweep.</summary>
/// <param name="Moves">The oldest first.</param>
/// <param name="Missed">Moves before these are forgotten; the aggregate holds what they have led to.</param>
/// <param name="Aggregate">Where the sweep stands after them.</param>
public sealed record SweepMoves(IReadOnlyList<UnitMove> Moves, bool Missed, SweepAggregate Aggregate);

/// <summary>A news and its text as a server-sent event, which all who hear it share.</summary>
public sealed class SweepEvent
{
    private SweepEvent(SweepNews news, byte[] text) => (News, Text) = (news, text);

    /// <summary>What is told.</summary>
    public SweepNews News { get; }

    /// <summary>The event in UTF-8, with the empty line that ends it. Its id is the position that it leads to.</summary>
    public ReadOnlyMemory<byte> Text { get; }

    /// <summary><c>moves</c>, or <c>aggregate</c> where nothing has moved.</summary>
    public static SweepEvent Of(SweepNews news) => news.Moves.Count == 0 && !news.Missed
        ? Standing(news.Aggregate, news.Reached)
        : new(news, Write("moves", news.Reached, new SweepMoves(news.Moves, news.Missed, news.Aggregate)));

    /// <summary>Where the sweep stands, for a watcher who has come to that position.</summary>
    public static SweepEvent Standing(SweepAggregate aggregate, MovePosition at) => new(new([], aggregate, at, Missed: false), Write("aggregate", at, aggregate));

    /// <summary>What of it is new to a watcher who has come to that position.</summary>
    public SweepEvent After(MovePosition reached) => News.Moves.Count == 0 || News.Moves[0].At.CompareTo(reached) > 0
        ? this : Of(News with { Moves = [.. News.Moves.Where(move => move.At.CompareTo(reached) > 0)] });

    private static byte[] Write<T>(string kind, MovePosition at, T data) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"event: {kind}\nid: {at.Writer}-{at.Seq}\ndata: {JsonSerializer.Serialize(data, CatalogJson.Compact)}\n\n"));
}
