namespace NasFarm.Farm.Store;

/// <summary>A sweep that is over, and of which somebody is to be told.</summary>
/// <param name="SweepId">The sweep.</param>
/// <param name="Round">0 at its first end; one more each time that it goes on and ends again.</param>
/// <param name="Try">1 at the first try.</param>
public sealed record DueNotice(string SweepId, int Round, int Try)
{
    /// <summary>The same at every try: whoever is told twice knows it by this.</summary>
    public string NoticeId => FormattableString.Invariant($"{SweepId}-{Round}");
}

/// <summary>Which ends of sweeps have been told. Each is told once, or at least tried; of several who tell, one tells each.</summary>
public interface INoticeStore
{
    /// <summary>From now on ends are told; what has ended before is told to nobody. Only the first call in a store's life does anything.</summary>
    Task BeginNoticesAsync(CancellationToken cancel = default);

    /// <summary>Takes the next sweep that is over and was not told, for so long: whoever does not end it by then leaves it to others. Null: there is none.</summary>
    Task<DueNotice?> ClaimNoticeAsync(TimeSpan hold, CancellationToken cancel = default);

    /// <summary>Ends a try.</summary>
    /// <param name="notice">What was claimed.</param>
    /// <param name="again">When it is tried again; null: it is told, or given up.</param>
    /// <param name="trouble">Why it was not told, for people.</param>
    /// <param name="cancel">Gives up.</param>
    Task EndNoticeAsync(DueNotice notice, TimeSpan? again, string? trouble, CancellationToken cancel = default);
}
