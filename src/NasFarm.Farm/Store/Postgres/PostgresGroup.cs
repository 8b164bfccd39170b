using NasFarm.Farm.Store.Scripts;
using Npgsql;

namespace NasFarm.Farm.Store.Postgres;

/// <summary>Short scripts of many slots in one transaction: those that come while one is on its way go with the next, so that slots that start
/// and end together share questions and a commit. When one of them breaks, each is run again alone.</summary>
/// <param name="held">How their transactions stand to commands.</param>
/// <param name="persist">Runs a job with a connection until it works or fails for good.</param>
internal sealed class PostgresGroup(FarmLock held, Func<Func<NpgsqlConnection, bool>, CancellationToken, Task<bool>> persist)
{
    /// <summary>Of one transaction: what waits for its rows waits for all of them.</summary>
    private const int MostTogether = 64;

    private readonly Lock gate = new();
    private readonly Queue<Member> waiting = [];
    private bool isWriting;

    /// <summary>The result of a script that locks what belongs to <paramref name="key"/> and nothing else.</summary>
    public Task<T> Join<T>(string key, Func<SqlSession, ValueTask<T>> script, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
            return Task.FromCanceled<T>(cancel);
        var mine = new Member<T>(key, script);
        lock (gate)
        {
            waiting.Enqueue(mine);
            if (isWriting)
                return mine.Answer;
            isWriting = true;
        }
        _ = WriteAllAsync();
        return mine.Answer;
    }

    private async Task WriteAllAsync()
    {
        while (Next() is { Length: > 0 } some)
            await WriteAsync(some).ConfigureAwait(false);
    }

    private Member[] Next()
    {
        lock (gate)
        {
            Member[] some = [.. Enumerable.Range(0, Math.Min(waiting.Count, MostTogether)).Select(_ => waiting.Dequeue())];
            isWriting = some.Length > 0;
            return some;
        }
    }

    private async Task WriteAsync(Member[] some)
    {
        try
        {
            // In one order for everybody: two groups never wait for each other.
            Member[] ordered = [.. some.OrderBy(member => member.Key, StringComparer.Ordinal)];
            await persist(connection => Transact(connection, ordered), CancellationToken.None).ConfigureAwait(false);
            foreach (var member in some)
                member.Succeed();
        }
        catch (Exception e) when (some.Length > 1 && e is not StoreUnavailableException)
        {
            foreach (var member in some)
                await WriteAsync([member]).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            foreach (var member in some)
                member.Fail(e);
        }
    }

    private bool Transact(NpgsqlConnection connection, Member[] members)
    {
        var sql = PostgresSession.Write(connection, held);
        foreach (var member in members)
            member.Begin(sql);
        sql.GoOn();
        foreach (var member in members)
            member.End();
        sql.Commit();
        return true;
    }

    private abstract class Member(string key)
    {
        public string Key => key;

        public abstract void Begin(SqlSession sql);

        /// <summary>Takes the result; throws what the script has thrown.</summary>
        public abstract void End();

        public abstract void Succeed();

        public abstract void Fail(Exception why);
    }

    private sealed class Member<T>(string key, Func<SqlSession, ValueTask<T>> script) : Member(key)
    {
        private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private ValueTask<T> running;
        private T? result;

        public Task<T> Answer => answer.Task;

        public override void Begin(SqlSession sql) => running = script(sql);

        public override void End() => result = running.GetAwaiter().GetResult();

        public override void Succeed() => answer.SetResult(result!);

        public override void Fail(Exception why) => answer.SetException(why);
    }
}
