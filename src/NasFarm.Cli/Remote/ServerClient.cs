using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace NasFarm.Cli.Remote;

/// <summary>How long a server that is away is asked again, and who hears of it.</summary>
/// <param name="Longest">From the first failure on.</param>
/// <param name="Tell">Hears that it is away, once, and that it is back; null: nobody.</param>
internal sealed record Patience(TimeSpan Longest, Action<string>? Tell = null)
{
    /// <summary>Of a command whose owner sits before it.</summary>
    public static Patience Short { get; } = new(TimeSpan.FromSeconds(4));

    /// <summary>Of a command that looks on for hours.</summary>
    public static Patience Long(Action<string> tell) => new(TimeSpan.FromMinutes(10), tell);
}

/// <summary>Asks a server. Every request may be sent again when its answer is lost: readings change nothing, a manifest is the same sweep when it comes
/// again, commands carry their id. Throws <see cref="ServerException"/>, <see cref="InputException"/>, and for a manifest
/// <see cref="Farm.Manifests.ManifestException"/>.</summary>
internal sealed class ServerClient : IDisposable
{
    private const string Root = "api/v1/", OperationHeader = "Idempotency-Key";

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(100), FirstPause = TimeSpan.FromMilliseconds(250), LongestPause = TimeSpan.FromSeconds(10);

    private readonly HttpClient http;
    private readonly Refusals refusals;
    private readonly TimeProvider time;

    /// <param name="address">Where it is.</param>
    /// <param name="token">What proves who asks; null: nothing.</param>
    /// <param name="time">The clock of pauses.</param>
    public ServerClient(ServerAddress address, string? token, TimeProvider time)
    {
        if (token is not null && token.Any(c => c is <= ' ' or >= (char)127))
            throw new InputException("The token holds a character that no token has; copy it again.");
        (this.time, Address, refusals) = (time, address, new(address, token is not null));
        // A token goes to the server that was named and nowhere else.
        http = new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All, ConnectTimeout = TimeSpan.FromSeconds(15), UseCookies = false })
        {
            BaseAddress = new(address.Root, Root), Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.Authorization = token is null ? null : new("Bearer", token);
        http.DefaultRequestHeaders.UserAgent.Add(new("nasfarm", CodeVersion.Current.Split('+')[0]));
    }

    /// <summary>Where it is.</summary>
    public ServerAddress Address { get; }

    /// <summary>Reads a record.</summary>
    public Task<T> GetAsync<T>(string path, CancellationToken cancel, Patience? patience = null) where T : class =>
        AskAsync(HttpMethod.Get, path, null, patience, (answer, gone) => ReadAsync<T>($"GET {path}", answer, gone), cancel);

    /// <summary>Reads a text of one type.</summary>
    public Task<string> GetTextAsync(string path, string mediaType, CancellationToken cancel) => AskAsync(HttpMethod.Get, path, null, null, async (answer, gone) =>
        answer.Content.Headers.ContentType?.MediaType == mediaType ? await answer.Content.ReadAsStringAsync(gone)
        : throw refusals.Unreadable($"GET {path}", $"{answer.Content.Headers.ContentType} instead of {mediaType}"), cancel);

    /// <summary>Sends a manifest.</summary>
    public Task<T> PostManifestAsync<T>(string path, FileInfo manifest, byte[] text, CancellationToken cancel) where T : class =>
        AskAsync(HttpMethod.Post, path, new(() => new ByteArrayContent(text) { Headers = { ContentType = new("application/yaml") } }, null, manifest.Name), null,
            (answer, gone) => ReadAsync<T>($"POST {path}", answer, gone), cancel);

    /// <summary>Sends a command with its id.</summary>
    public Task<T> PostAsync<T>(string path, object? body, string operation, CancellationToken cancel) where T : class =>
        AskAsync(HttpMethod.Post, path, new(() => body is null ? null : new StringContent(JsonSerializer.Serialize(body, WireJson.Options), Encoding.UTF8, "application/json"), operation, null), null,
            (answer, gone) => ReadAsync<T>($"POST {path}", answer, gone), cancel);

    /// <summary>Opens an answer that is long or lasts; whoever gets it closes it.</summary>
    /// <param name="lastEventId">Where to go on in a stream of events; null: it is none, or from now on.</param>
    public async Task<Stream> OpenAsync(string path, string? lastEventId, Patience? patience, CancellationToken cancel)
    {
        var answer = await AskAsync(HttpMethod.Get, path, new(() => null, null, null, lastEventId), patience, (answer, _) => Task.FromResult(answer), cancel, keep: true);
        return await answer.Content.ReadAsStreamAsync(cancel);
    }

    /// <summary>An answer that this program cannot read.</summary>
    public ServerException Unreadable(string request, string why) => refusals.Unreadable(request, why);

    public void Dispose() => http.Dispose();

    private async Task<T> AskAsync<T>(
        HttpMethod method, string path, Sent? sent, Patience? patience, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancel, bool keep = false)
    {
        patience ??= Patience.Short;
        long? since = null;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var (value, refused) = await TryAsync(method, path, sent, read, keep, cancel);
            if (refused is null)
            {
                if (since is not null)
                    patience.Tell?.Invoke($"{Address} is back.");
                return value!;
            }
            if (since is null && refused.Passes)
                patience.Tell?.Invoke($"{refused.Problem.Message} Asking again for {patience.Longest.TotalMinutes:0} minutes.");
            since ??= time.GetTimestamp();
            var wait = refused.After is { } wanted && wanted > pause ? wanted : pause;
            if (!refused.Passes || time.GetElapsedTime(since.Value) + wait > patience.Longest)
                throw refused.Problem;
            await Task.Delay(wait, time, cancel);
        }
    }

    private async Task<(T? Value, Refused? Refused)> TryAsync<T>(
        HttpMethod method, string path, Sent? sent, Func<HttpResponseMessage, CancellationToken, Task<T>> read, bool keep, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path) { Content = sent?.Content() };
        if (sent?.Operation is { } operation)
            request.Headers.Add(OperationHeader, operation);
        if (sent?.LastEventId is { } last)
            request.Headers.Add("Last-Event-ID", last);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(LongestAnswer);
        HttpResponseMessage? answer = null;
        try
        {
            answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late.Token);
            if (!answer.IsSuccessStatusCode)
                return (default, refusals.Of($"{method} {path}", answer, await answer.Content.ReadAsStringAsync(late.Token), sent?.Manifest));
            var value = await read(answer, late.Token);
            answer = keep ? null : answer;
            return (value, null);
        }
        catch (HttpRequestException cut)
        {
            return (default, refusals.Of(cut));
        }
        catch (IOException cut)
        {
            return (default, refusals.Broken(cut));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (default, refusals.Late(LongestAnswer));
        }
        finally
        {
            answer?.Dispose();
        }
    }

    private async Task<T> ReadAsync<T>(string request, HttpResponseMessage answer, CancellationToken cancel) where T : class
    {
        var text = await answer.Content.ReadAsStringAsync(cancel);
        try
        {
            return JsonSerializer.Deserialize<T>(text, WireJson.Options) ?? throw refusals.Unreadable(request, "null");
        }
        catch (JsonException wrong)
        {
            throw refusals.Unreadable(request, wrong.Message);
        }
    }

    /// <summary>What goes with a request.</summary>
    /// <param name="Content">Its body, made anew for each try.</param>
    /// <param name="Operation">Id of a command.</param>
    /// <param name="Manifest">Name of the manifest that the body is.</param>
    /// <param name="LastEventId">Where to go on.</param>
    private sealed record Sent(Func<HttpContent?> Content, string? Operation, string? Manifest, string? LastEventId = null);
}
