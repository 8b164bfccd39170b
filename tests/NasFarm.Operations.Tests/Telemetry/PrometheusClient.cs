using System.Globalization;
using System.Text.Json;

namespace NasFarm.Operations.Tests.Telemetry;

/// <summary>Asks a Prometheus.</summary>
internal sealed class PrometheusClient(Uri address) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = address };

    public void Dispose() => http.Dispose();

    /// <summary>Waits until it answers.</summary>
    public Task ReadyAsync(TimeSpan patience) => EventuallyAsync(async () =>
    {
        try
        {
            return (await http.GetAsync("/-/ready")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }, "Prometheus does not answer.", patience);

    /// <summary>Series of an answer at this moment, with their values.</summary>
    public async Task<IReadOnlyList<(JsonElement Labels, double Value)>> NowAsync(string query) =>
        [.. (await AskAsync("query", ("query", query))).GetProperty("result").EnumerateArray().Select(series => (
            series.GetProperty("metric"), double.Parse(series.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture)))];

    /// <summary>How many values an answer has over a range that are numbers.</summary>
    public async Task<int> ValuesAsync(string query, DateTimeOffset from, DateTimeOffset to) =>
        (await AskAsync("query_range", ("query", query), ("start", Seconds(from)), ("end", Seconds(to)), ("step", "2"))).GetProperty("result").EnumerateArray()
            .Sum(series => series.GetProperty("values").EnumerateArray().Count(value => value[1].GetString() != "NaN"));

    /// <summary>Names of the alerts that fire now.</summary>
    public async Task<IReadOnlyList<string>> FiringAsync() => [.. (await AskAsync("alerts")).GetProperty("alerts").EnumerateArray()
        .Where(alert => alert.GetProperty("state").GetString() == "firing").Select(alert => alert.GetProperty("labels").GetProperty("alertname").GetString()!).Distinct().Order()];

    /// <summary>Waits until a question is answered by yes.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> question, string otherwise, TimeSpan patience)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await question())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < patience, otherwise);
            await Task.Delay(500);
        }
    }

    private static string Seconds(DateTimeOffset at) => (at.ToUnixTimeMilliseconds() / 1000d).ToString("0.000", CultureInfo.InvariantCulture);

    private async Task<JsonElement> AskAsync(string what, params (string Name, string Value)[] form)
    {
        using var answer = form.Length == 0 ? await http.GetAsync($"/api/v1/{what}")
            : await http.PostAsync($"/api/v1/{what}", new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{string.Join(", ", form)}: {text}");
        return JsonDocument.Parse(text).RootElement.GetProperty("data");
    }
}
