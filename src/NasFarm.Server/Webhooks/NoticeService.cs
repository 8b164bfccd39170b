using System.Net.Http.Headers;
using Microsoft.Extensions.Hosting;
using NasFarm.Farm.Store;
using NasFarm.Server.Comparisons;

namespace NasFarm.Server.Webhooks;

/// <summary>Tells of sweeps that are over, one after the other, while the server runs. Of several servers over a store one tells each.</summary>
internal sealed class NoticeService(FarmServerOptions options, Webhook hook) : BackgroundService
{
    /// <summary>Between two looks for ends.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    /// <summary>For reading, comparing and telling; then the try is another's.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(10);

    /// <summary>For an answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>With the waits of <see cref="Again"/>: about a day.</summary>
    internal const int MostTries = 30;

    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Patience };

    public override void Dispose()
    {
        base.Dispose();
        client.Dispose();
    }

    /// <summary>Before the next try: 10 s, 20 s, … an hour at most.</summary>
    internal static TimeSpan? Again(int tries) => tries >= MostTries ? null : TimeSpan.FromSeconds(Math.Min(3600, 10 * Math.Pow(2, tries - 1)));

    /// <summary>What ends from the moment on at which the server is ready is told.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await options.Store.BeginNoticesAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await options.Store.ClaimNoticeAsync(Hold, stoppingToken) is { } due)
                    await TellAsync(due, stoppingToken);
            }
            catch (StoreUnavailableException)
            {
                // Whoever asks for a page hears of it; the next look asks again.
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // What was taken and not ended is taken again when its time is over.
                return;
            }
            await Task.Delay(Look, options.Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TellAsync(DueNotice due, CancellationToken stop)
    {
        string? trouble;
        try
        {
            trouble = await ReadAsync(due, stop) is { } notice ? await PostAsync(notice, stop) : "the sweep is gone";
        }
        catch (Exception e) when (e is not (OperationCanceledException or StoreUnavailableException))
        {
            // One sweep that cannot be compared is no reason to be silent about the others.
            trouble = $"it cannot be compared: {e.Message}";
        }
        var again = trouble is null ? null : Again(due.Try);
        await options.Store.EndNoticeAsync(due, again, trouble, stop);
        if (trouble is null)
            options.Tell($"told {hook} that {due.SweepId} is over");
        else
            options.Tell(FormattableString.Invariant($"could not tell {hook} that {due.SweepId} is over (try {due.Try}): {trouble}; ")
                + (again is { } wait ? FormattableString.Invariant($"again in {wait.TotalSeconds:0} s") : "it is given up"));
    }

    private async Task<SweepNotice?> ReadAsync(DueNotice due, CancellationToken stop) =>
        await options.Store.ReadCountsAsync(due.SweepId, stop) is { } counts
        && await ComparedSweep.ReadAsync(options.Store, due.SweepId, options.Tables, withCurves: false, stop) is { } compared ? SweepNotice.Of(due, counts, compared) : null;

    /// <summary>Null: it was taken; else why not.</summary>
    private async Task<string?> PostAsync(SweepNotice notice, CancellationToken stop)
    {
        var body = notice.ToJson();
        using var request = new HttpRequestMessage(HttpMethod.Post, hook.Address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(Webhook.IdHeader, notice.Id);
        if (hook.Sign(body) is { } signature)
            request.Headers.Add(Webhook.SignatureHeader, signature);
        try
        {
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            return answer.IsSuccessStatusCode ? null : FormattableString.Invariant($"it answered {(int)answer.StatusCode}");
        }
        catch (HttpRequestException e)
        {
            // Its message may name the whole address.
            return $"it was not reached ({e.HttpRequestError})";
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return FormattableString.Invariant($"it did not answer within {Patience.TotalSeconds} s");
        }
    }
}
