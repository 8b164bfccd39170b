namespace NasFarm.Farm.Store;

/// <summary>A token as the store keeps it: whoever reads the store cannot use it.</summary>
/// <param name="TokenId">Its public half.</param>
/// <param name="Name">For people: whose it is and what for.</param>
/// <param name="SecretHash">SHA-256 of the secret half, lower-case hex.</param>
/// <param name="Tenant">Where it holds; <c>*</c>: everywhere.</param>
/// <param name="Role">A word that the server knows.</param>
/// <param name="ExpiresAt">Null: never.</param>
public sealed record AccessToken(string TokenId, string Name, string SecretHash, string Tenant, string Role, DateTimeOffset? ExpiresAt = null)
{
    /// <summary>By the database's clock.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when it opens nothing any more; null: it was not revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The last day, of UTC, on which it was used; null: never yet.</summary>
    public DateOnly? UsedOn { get; init; }
}

/// <summary>Something that was asked of the farm.</summary>
/// <param name="EntryId">Unique: told twice, it is kept once.</param>
/// <param name="Who">Name of the caller.</param>
/// <param name="Tenant">Whose thing it was about; <c>*</c>: of no single one.</param>
/// <param name="Verb">What was asked.</param>
/// <param name="Target">What it was about.</param>
/// <param name="Operation">Id of the command; null: it has none.</param>
/// <param name="Outcome"><c>done</c>, or the code of the refusal.</param>
public sealed record AuditEntry(string EntryId, string Who, string Tenant, string Verb, string Target, string? Operation, string Outcome)
{
    /// <summary>Place in the log: grows.</summary>
    public long Sequence { get; init; }

    /// <summary>When, by the database's clock.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>One value that a run measured; its newest fence's.</summary>
/// <param name="UnitId">Search phase or retrain job.</param>
/// <param name="Step">Epochs trained, never rewound.</param>
/// <param name="Epoch">As the learning rate counts.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Value">Null: not a number.</param>
/// <param name="Timing">Seconds of this machine, which no result depends on.</param>
public sealed record RunMetric(string UnitId, long Step, int Epoch, string Name, double? Value, bool Timing);
