using NasFarm.Farm.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

/// <summary>Tokens, the log of what was asked, and single values of a run.</summary>
public abstract partial class FarmStoreConformance
{
    [StoreFact]
    public async Task A_token_is_kept_found_and_revoked_once()
    {
        var expires = DateTimeOffset.FromUnixTimeMilliseconds(1_900_000_000_000);
        var token = new AccessToken("t1", "ada's laptop", "00ff", "lab", "operator", expires);

        var kept = await Store.AddTokenAsync(token);

        Assert.Equal(token with { CreatedAt = kept.CreatedAt }, kept);
        Assert.True(kept.CreatedAt > DateTimeOffset.UnixEpoch);
        Assert.Equal(kept, await Store.AddTokenAsync(token));
        await Assert.ThrowsAsync<InvalidDataException>(() => Store.AddTokenAsync(token with { SecretHash = "ff00" }));
        Assert.Equal(kept, await Store.FindTokenAsync("t1"));
        Assert.Null(await Store.FindTokenAsync("T1"));
        Assert.Null(await Store.RevokeTokenAsync("t2"));
        var revoked = (await Store.RevokeTokenAsync("t1"))!;
        Assert.NotNull(revoked.RevokedAt);
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(revoked, await Store.RevokeTokenAsync("t1"));
        Assert.Equal(revoked, await Store.FindTokenAsync("t1"));
    }

    [StoreFact]
    public async Task Tokens_are_listed_with_the_day_of_their_last_use()
    {
        await Store.AddTokenAsync(new("t2", "first", "00", "*", "admin"));
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Store.AddTokenAsync(new("t1", "second", "01", "lab", "viewer"));
        await Store.UseTokenAsync("t1");
        await Store.UseTokenAsync("t1");
        await Store.UseTokenAsync("absent");

        var tokens = (await Store.ListTokensAsync()).ToDictionary(t => t.TokenId);

        Assert.Equal(2, tokens.Count);
        Assert.Null(tokens["t2"].UsedOn);
        Assert.Equal(DateOnly.FromDateTime(tokens["t1"].CreatedAt.UtcDateTime), tokens["t1"].UsedOn);
        Assert.Null(tokens["t1"].ExpiresAt);
    }

    [StoreFact]
    public async Task What_was_asked_is_read_newest_first_by_tenant_in_pieces()
    {
        for (var i = 0; i < 6; i++)
            await Store.RecordAsync(new($"e{i}", "ada", i % 3 == 0 ? "lab" : i % 3 == 1 ? "rival" : "*", "pause", $"sweep {i}", i == 0 ? null : $"op{i}", "done"));
        await Store.RecordAsync(new("e5", "eve", "lab", "cancel", "another", null, "done"));

        var all = await Store.ReadAuditAsync(null, null, 10);

        Assert.Equal(["e5", "e4", "e3", "e2", "e1", "e0"], all.Select(e => e.EntryId));
        Assert.Equal(("ada", "*", "pause", "sweep 5", "op5", "done"), (all[0].Who, all[0].Tenant, all[0].Verb, all[0].Target, all[0].Operation, all[0].Outcome));
        Assert.Null(all[^1].Operation);
        Assert.True(all[0].At > DateTimeOffset.UnixEpoch);
        Assert.Equal(all.Skip(2).Take(2), await Store.ReadAuditAsync(null, all[1].Sequence, 2));
        Assert.Equal(["e4", "e3", "e1"], (await Store.ReadAuditAsync(["lab", "rival"], null, 3)).Select(e => e.EntryId));
        Assert.Equal(["e0"], (await Store.ReadAuditAsync(["lab"], all[2].Sequence, 3)).Select(e => e.EntryId));
        Assert.Empty(await Store.ReadAuditAsync([], null, 3));
    }

    [StoreFact]
    public async Task Values_of_a_run_are_its_newest_fences_and_in_order()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2)));
        var lost = await Store.MustClaimAsync("darts-s1-p00");
        await Store.RecordStartedAsync(lost.Key, Started(lost.Key.Fence));
        await Store.AppendAsync(lost.Key, [Metric(lost.Key.Fence, 1, "loss", 9), Metric(lost.Key.Fence, 2, "loss", 8), Metric(lost.Key.Fence, 1, "seconds", 1, timing: true)]);
        await Store.EndAttemptAsync(lost.Key, Catalog.Units.FailureReason.HostStopping, "asked to stop", []);
        var claim = await Store.MustClaimAsync("darts-s1-p00");
        await Store.RecordStartedAsync(claim.Key, Started(claim.Key.Fence, trained: 1));
        await Store.AppendAsync(claim.Key, [Metric(claim.Key.Fence, 1, "loss", double.NaN)]);

        var all = (await Store.ReadMetricsAsync("darts-s1", null, 10))!;

        Assert.Equal([new RunMetric("darts-s1-p00", 1, 1, "loss", null, Timing: false)], all);
        Assert.Empty((await Store.ReadMetricsAsync("darts-s1", "accuracy", 10))!);
        Assert.Empty((await Store.ReadMetricsAsync("darts-s2", null, 10))!);
        Assert.Null(await Store.ReadMetricsAsync("darts-s3", null, 10));
        await Store.AppendAsync(claim.Key, [Metric(claim.Key.Fence, 2, "loss", 3), Metric(claim.Key.Fence, 2, "accuracy", 91.5)]);
        Assert.Equal([(2L, "accuracy"), (2L, "loss")], (await Store.ReadMetricsAsync("darts-s1", null, 10))!.Skip(1).Select(m => (m.Step, m.Name)));
        Assert.Equal([null, 3.0], (await Store.ReadMetricsAsync("darts-s1", "loss", 10))!.Select(m => m.Value));
        Assert.Single((await Store.ReadMetricsAsync("darts-s1", null, 1))!);
    }
}
