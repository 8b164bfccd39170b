using System.Runtime.CompilerServices;
using System.Text.Json;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>One open transaction: runs statements and knows the database's clock at its beginning. The scripts are the same for every
/// database; the few words that differ are here.</summary>
internal abstract class SqlSession
{
    /// <summary>The database's clock, milliseconds since 1970.</summary>
    public abstract long Now { get; }

    /// <summary>End of a SELECT whose rows stay as they are until the commit. Empty where a transaction is alone anyway.</summary>
    public abstract string Lock { get; }

    /// <summary>The same, passing over rows that another transaction has locked.</summary>
    public abstract string LockFree { get; }

    /// <summary>In which order moves became true.</summary>
    public abstract MoveRows.Words Moves { get; }

    /// <summary>Writes many metrics at once; null where one statement per row is as good.</summary>
    public virtual IMetricCopy? Copy => null;

    /// <summary>Runs a statement and returns how many rows it touched.</summary>
    public abstract int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values);

    /// <summary>Runs a statement whose count is asked for later or never: it may travel with the next one, and does so in order.</summary>
    public virtual Posted Post(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => new Posted.Done(Execute(sql, values));

    /// <summary>Posts a statement with one list <c>VALUES (@a, @b …)</c> for each row. A database may take many rows at once: no key may come
    /// twice, unless the statement passes over those that are there.</summary>
    public virtual void PostEach(string insert, IEnumerable<(string Name, object? Value)[]> rows)
    {
        foreach (var row in rows)
            Post(insert, row);
    }

    /// <summary>Tables have many new rows: a database that chooses its plans by what it has counted counts now.</summary>
    public virtual void HasGrown(params ReadOnlySpan<string> tables) { }

    public List<T> Query<T>(string sql, Func<SqlRow, T> row, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var at = Read(sql, values);
        var rows = new List<T>();
        while (at.Next())
            rows.Add(row(at));
        return rows;
    }

    /// <summary>Asks for rows that are needed later: the question may travel with the next ones, and is answered in order.</summary>
    public virtual Asked<T> Ask<T>(string sql, Func<SqlRow, T> row, params ReadOnlySpan<(string Name, object? Value)> values) => new(Query(sql, row, values), null);

    /// <summary>Lets the scripts that await answers go on until none does.</summary>
    public virtual void GoOn() { }

    /// <summary>The result of a script that is alone in its transaction.</summary>
    public T Finish<T>(ValueTask<T> script)
    {
        GoOn();
        return script.GetAwaiter().GetResult();
    }

    /// <summary>The same for every id of many, in no order: <c>IN (@ids)</c> in the statement becomes the database's word for "among these",
    /// so that one statement serves every number of ids, a thousand at a time.</summary>
    public List<T> QueryEach<T>(string sql, IEnumerable<string> ids, Func<SqlRow, T> row, params ReadOnlySpan<(string Name, object? Value)> others)
    {
        var rows = new List<T>();
        foreach (var (text, some) in Each(sql, ids))
            rows.AddRange(Query(text, row, [("@ids", some), .. others]));
        return rows;
    }

    /// <summary>A statement without answer for every id of many.</summary>
    public void ExecuteEach(string sql, IEnumerable<string> ids, params ReadOnlySpan<(string Name, object? Value)> others)
    {
        foreach (var (text, some) in Each(sql, ids))
            Post(text, [("@ids", some), .. others]);
    }

    private IEnumerable<(string Text, string Ids)> Each(string sql, IEnumerable<string> ids)
    {
        const int atOnce = 1000;
        var text = sql.Replace("IN (@ids)", Among, StringComparison.Ordinal);
        return ids.Distinct().Chunk(atOnce).Select(some => (text, JsonSerializer.Serialize(some)));
    }

    /// <summary>Condition that a text is one of <c>@ids</c>, a JSON array of texts.</summary>
    protected abstract string Among { get; }

    /// <summary>The first row, or null.</summary>
    public T? First<T>(string sql, Func<SqlRow, T> row, params ReadOnlySpan<(string Name, object? Value)> values) where T : class
    {
        using var at = Read(sql, values);
        return at.Next() ? row(at) : null;
    }

    /// <summary>Is there a row?</summary>
    public bool Any(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var at = Read(sql, values);
        return at.Next();
    }

    protected abstract SqlRow Read(string sql, ReadOnlySpan<(string Name, object? Value)> values);
}

/// <summary>The answer to a question that was asked before. Awaiting it lets the scripts that share the transaction ask theirs first.</summary>
/// <param name="rows">Filled when the question is answered.</param>
/// <param name="question">Its way to the database; null: it is answered.</param>
internal sealed class Asked<T>(List<T> rows, IQuestion? question)
{
    public List<T> Rows
    {
        get
        {
            question?.Send();
            return rows;
        }
    }

    public Awaiter GetAwaiter() => new(this, question);

    public readonly struct Awaiter(Asked<T> asked, IQuestion? question) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => question is null || question.IsAnswered;

        public List<T> GetResult() => asked.Rows;

        public void OnCompleted(Action continuation) => question!.GoOnWhenAnswered(continuation);

        public void UnsafeOnCompleted(Action continuation) => question!.GoOnWhenAnswered(continuation);
    }
}

/// <summary>A question that may not have gone yet.</summary>
internal interface IQuestion
{
    bool IsAnswered { get; }

    /// <summary>Sends it if it has not gone, and hears the answer.</summary>
    void Send();

    /// <summary>Has a script go on, on the transaction's own thread, once every other script has asked what it must know and all is answered.</summary>
    void GoOnWhenAnswered(Action script);
}

/// <summary>A statement that was posted.</summary>
internal abstract class Posted
{
    /// <summary>How many rows it touched; asking runs it at the latest.</summary>
    public abstract int Count { get; }

    /// <summary>One that ran at once.</summary>
    internal sealed class Done(int count) : Posted
    {
        public override int Count => count;
    }
}
