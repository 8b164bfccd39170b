using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Trainers;

/// <summary>Writes the rows of all attempts of a process: what comes while one transaction is on its way goes with the next, so that a thousand
/// trainers that say a line each cost one commit and not a thousand.</summary>
public sealed class RowWriter(IFarmStore store)
{
    private const int MostRowsPerWrite = 20_000;
    private readonly Lock gate = new();
    private List<Waiting> waiting = [];
    private bool isWriting;

    private sealed record Waiting(AttemptRows Rows, TaskCompletionSource<FenceAnswer> Answer);

    /// <summary>As <see cref="IFarmStore.AppendAsync"/> for one attempt, which waits for each answer before it appends again.</summary>
    public Task<FenceAnswer> AppendAsync(AttemptKey attempt, IReadOnlyList<TrainerEvent> rows)
    {
        var mine = new Waiting(new(attempt, rows), new());
        lock (gate)
        {
            waiting.Add(mine);
            if (isWriting)
                return mine.Answer.Task;
            isWriting = true;
        }
        _ = WriteAllAsync();
        return mine.Answer.Task;
    }

    private async Task WriteAllAsync()
    {
        while (Next() is { } some)
        {
            try
            {
                var answers = await store.AppendAsync([.. some.Select(w => w.Rows)], CancellationToken.None);
                for (var i = 0; i < some.Count; i++)
                    some[i].Answer.SetResult(answers[i]);
            }
            catch (InvalidDataException) when (some.Count > 1)
            {
                // One of them has said something twice: nobody else's rows may be lost by that.
                foreach (var one in some)
                    await WriteAsync(one);
            }
            catch (Exception e)
            {
                foreach (var one in some)
                    one.Answer.SetException(e);
            }
        }
    }

    private async Task WriteAsync(Waiting one)
    {
        try
        {
            one.Answer.SetResult((await store.AppendAsync([one.Rows], CancellationToken.None))[0]);
        }
        catch (Exception e)
        {
            one.Answer.SetException(e);
        }
    }

    private List<Waiting>? Next()
    {
        lock (gate)
        {
            var (rows, count) = (0, 0);
            while (count < waiting.Count && (count == 0 || rows + waiting[count].Rows.Rows.Count <= MostRowsPerWrite))
                rows += waiting[count++].Rows.Rows.Count;
            var some = waiting[..count];
            waiting = waiting[count..];
            isWriting = some.Count > 0;
            return isWriting ? some : null;
        }
    }
}
