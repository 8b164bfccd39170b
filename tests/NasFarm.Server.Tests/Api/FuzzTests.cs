using Microsoft.AspNetCore.Routing;
using static NasFarm.Server.Tests.TwoTenants;

namespace NasFarm.Server.Tests.Api;

/// <summary>Random and mutated manifests and requests: whatever comes, the answer is the caller's mistake or ours to give, and memory stays.</summary>
public sealed class FuzzTests
{
    private const int Seed = 20_261_123;
    private const long MostGrowth = 200 << 20;

    private static readonly string[] Nasty =
    [
        "", "-1", "0", "1e999", "NaN", "99999999999999999999", "null", "~", "[]", "{}", "*a", "&a b", "!!str x", "\"", "'", "|", ">", "\t", "\u0000", "\ud83d\ude00", "%00", "../..",
        "<script>", "a: b: c", "- - -", "{ start: 0, count: 100000 }", "2147483647", "true", "2026-01-01", "cifar-10", "svhn", "darts", "x y", "é", "\u202e",
    ];

    [Fact]
    public Task A_few_thousand_of_them() => FuzzAsync(2_000);

    [Fact, Trait("Tier", "all")]
    public Task A_hundred_thousand_of_them() => FuzzAsync(100_000);

    private static async Task FuzzAsync(int requests)
    {
        await using var farm = await ServedFarm.StartAsync(new() { LocalAdmin = "fuzz", RequestsPerMinute = 100_000_000, LoginsPerMinute = 100_000_000 });
        await FillAsync(farm.Store);
        // A machine that sleeps for a while is no finding.
        farm.Client.Timeout = Timeout.InfiniteTimeSpan;
        var random = new Random(Seed);
        var manifest = Manifest();
        var routes = farm.Routes.Where(route => !route.RoutePattern.RawText!.EndsWith("/events", StringComparison.Ordinal)).ToList();
        long? before = null;
        for (var i = 0; i < requests; i++)
        {
            using var request = random.Next(2) == 0 ? OfManifest(random, manifest) : OfRoute(random, routes);
            var told = $"request {i} of seed {Seed}: {request.Method} {request.RequestUri}";
            using var answer = await farm.Client.SendAsync(request);
            Assert.True((int)answer.StatusCode < 500, $"{told} was answered {answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
            if (i == requests / 4)
                before = GC.GetTotalMemory(forceFullCollection: true);
        }
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before!.Value, long.MinValue, MostGrowth);
    }

    private static HttpRequestMessage OfManifest(Random random, string manifest)
    {
        var text = Mutate(random, manifest);
        var path = random.Next(50) == 0 ? "/api/v1/sweeps" : random.Next(3) == 0 ? "/api/v1/plan" : "/api/v1/manifests/check";
        return new(HttpMethod.Post, path) { Content = new StringContent(text, System.Text.Encoding.UTF8, "application/yaml") };
    }

    /// <summary>A path with a null character gets through no real connection.</summary>
    private static HttpRequestMessage OfRoute(Random random, List<RouteEndpoint> routes)
    {
        var route = routes[random.Next(routes.Count)];
        var path = System.Text.RegularExpressions.Regex.Replace(route.RoutePattern.RawText!, @"\{[^}]*\}", _ => Uri.EscapeDataString(Word(random).Replace("\0", "", StringComparison.Ordinal)));
        var query = string.Join('&', Enumerable.Range(0, random.Next(4)).Select(_ => $"{Pick(random, "state", "limit", "after", "name", "tenant", "seed", "arm", "fresh", "dryRun", "cancel", "fence", "unit", "to")}={Uri.EscapeDataString(Word(random))}"));
        var methods = route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
        var request = new HttpRequestMessage(new(random.Next(10) == 0 ? Pick(random, "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH") : methods[0]), $"{path}?{query}");
        if (random.Next(3) > 0 && request.Method != HttpMethod.Get && request.Method != HttpMethod.Head)
        {
            var body = Pick(random, "", "{}", "[", "null", "\"x\"", "{\"seed\":1}", "{\"seed\":\"x\"}", "{\"run\":\"darts-s1\"}", "{\"priority\":1e99}", "{\"priority\":5}", "{\"place\":\"host\"}",
                $"{{\"place\":{System.Text.Json.JsonSerializer.Serialize(Word(random))}}}", "{\"name\":\"a\",\"tenant\":\"lab\",\"role\":\"viewer\"}", "{\"name\":\"a\",\"tenant\":\"lab\",\"role\":7}",
                "token=nf_a_b&to=//x", Mutate(random, "{\"name\":\"a\",\"tenant\":\"lab\",\"role\":\"viewer\",\"expiresAt\":\"2030-01-01T00:00:00Z\"}"));
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, Pick(random, "application/json", "application/json", "application/yaml", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"));
        }
        foreach (var header in new[] { "Idempotency-Key", "If-None-Match", "Accept", "Last-Event-ID", "Authorization", "Accept-Encoding", "Range" })
        {
            if (random.Next(6) == 0)
                request.Headers.TryAddWithoutValidation(header, header == "Authorization" ? $"Bearer {Word(random)}" : Word(random));
        }
        return request;
    }

    private static string Mutate(Random random, string text)
    {
        var lines = text.Split('\n').ToList();
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            var at = random.Next(lines.Count);
            switch (random.Next(7))
            {
                case 0: lines.RemoveAt(at); break;
                case 1: lines.Insert(at, lines[random.Next(lines.Count)]); break;
                case 2: (lines[at], lines[0]) = (lines[0], lines[at]); break;
                case 3: lines[at] = lines[at].Insert(random.Next(lines[at].Length + 1), Word(random)); break;
                case 4: lines[at] = lines[at][..random.Next(lines[at].Length + 1)]; break;
                case 5: lines[at] = new string(' ', random.Next(12)) + lines[at].TrimStart(); break;
                default: lines[at] = lines[at].Split(':')[0] + ": " + Word(random); break;
            }
            if (lines.Count == 0)
                lines.Add("");
        }
        return string.Join('\n', lines);
    }

    private static string Word(Random random) => random.Next(3) switch
    {
        0 => Nasty[random.Next(Nasty.Length)],
        1 => Pick(random, Ours, Theirs, "darts-s1", OurUnit, "waiting", "10", "runs.csv", "lab"),
        _ => new([.. Enumerable.Range(0, random.Next(1, 24)).Select(_ => (char)random.Next(32, random.Next(8) == 0 ? 0x3000 : 127))]),
    };

    private static string Pick(Random random, params string[] words) => words[random.Next(words.Length)];
}
