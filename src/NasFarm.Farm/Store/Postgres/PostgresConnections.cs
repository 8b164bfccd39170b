using NasFarm.Farm.Telemetry;
using Npgsql;

namespace NasFarm.Farm.Store.Postgres;

/// <summary>The store's connections, each with a thread of its own: a script waits for the server at every statement, and threads of the
/// pool must not wait. They are made when all others are busy, up to a number.</summary>
internal sealed class PostgresConnections(NpgsqlDataSource source, int most) : IConnectionLoad, IAsyncDisposable
{
    private readonly object gate = new();   // a Lock cannot be waited on
    private readonly Queue<Action<Connection>> jobs = [];
    private readonly List<Task> threads = [];
    private int idle;
    private bool closed;

    public int Busy
    {
        get
        {
            lock (gate)
                return threads.Count - idle;
        }
    }

    public int Idle
    {
        get
        {
            lock (gate)
                return idle;
        }
    }

    public int Most => most;

    public int Waiting
    {
        get
        {
            lock (gate)
                return jobs.Count;
        }
    }

    /// <summary>Does a job with a connection as soon as one is free. A job that throws costs it its connection: what was begun is rolled back.</summary>
    public Task<T> Run<T>(Func<NpgsqlConnection, T> job, CancellationToken cancel)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            jobs.Enqueue(connection =>
            {
                if (cancel.IsCancellationRequested)
                {
                    done.SetCanceled(cancel);
                    return;
                }
                try
                {
                    done.SetResult(job(connection.Open()));
                }
                catch (Exception e)
                {
                    connection.Drop();
                    done.SetException(e);
                }
            });
            if (idle > 0)
            {
                idle--;
                Monitor.Pulse(gate);
            }
            else if (threads.Count < most)
            {
                threads.Add(Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            }
        }
        return done.Task;
    }

    /// <summary>Does what is queued and closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] working;
        lock (gate)
        {
            closed = true;
            Monitor.PulseAll(gate);
            working = [.. threads];
        }
        await Task.WhenAll(working).ConfigureAwait(false);
    }

    private void Work()
    {
        using var connection = new Connection(source);
        while (Next() is { } job)
            job(connection);
    }

    private Action<Connection>? Next()
    {
        lock (gate)
        {
            Action<Connection>? job;
            while (!jobs.TryDequeue(out job) && !closed)
            {
                idle++;   // whoever pulses takes it back
                Monitor.Wait(gate);
            }
            return job;
        }
    }

    private sealed class Connection(NpgsqlDataSource source) : IDisposable
    {
        private NpgsqlConnection? current;

        public NpgsqlConnection Open() => current ??= source.OpenConnection();

        public void Drop()
        {
            current?.Dispose();
            current = null;
        }

        public void Dispose() => Drop();
    }
}
