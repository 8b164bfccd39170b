using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace NasFarm.Helm.Tests.Engine;

/// <summary>As much of a Kubernetes API server as Helm asks: discovery, objects that are kept and given back, jobs that succeed at once, pods that are
/// ready at once. Like a real one it refuses changes of what cannot be changed.</summary>
public sealed class ApiServerStub : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, JsonObject> objects = new(StringComparer.Ordinal);
    private readonly WebApplication app;
    private int version;

    private ApiServerStub(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    /// <summary>Requests that it could not answer: what Helm wants and this lacks.</summary>
    public ConcurrentQueue<string> Unknown { get; } = [];

    /// <summary>Addresses in the order in which objects were made or changed.</summary>
    public ConcurrentQueue<string> Written { get; } = [];

    public static async Task<ApiServerStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var stub = new ApiServerStub(app);
        app.Run(stub.AnswerAsync);
        await app.StartAsync();
        return stub;
    }

    /// <summary>What is in a namespace, without Helm's own records.</summary>
    public IReadOnlyList<JsonObject> In(string space) =>
        [.. objects.Where(o => o.Key.Contains($"/namespaces/{space}/", StringComparison.Ordinal) && !IsRecord(o.Value)).OrderBy(o => o.Key, StringComparer.Ordinal)
            .Select(o => (JsonObject)o.Value.DeepClone())];

    /// <summary>What Helm wrote down of the one release of a namespace.</summary>
    public ReleaseRecord Record(string space) =>
        ReleaseRecord.Read(objects.Single(o => o.Key.Contains($"/namespaces/{space}/", StringComparison.Ordinal) && IsRecord(o.Value)).Value);

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private static bool IsRecord(JsonObject o) => (string?)o["type"] == "helm.sh/release.v1";

    private async Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        if (path == "/openapi/v2")
        {
            // A document that says nothing but its version: Helm then checks nothing, and the tests do it.
            http.Response.ContentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
            await http.Response.Body.WriteAsync(new byte[] { 0x0A, 3, (byte)'2', (byte)'.', (byte)'0' });
        }
        else if (path == "/openapi/v3")
        {
            await Refuse(http, 404, "NotFound", path);
        }
        else if (Discovery.Answer(path) is { } found)
        {
            await http.Response.WriteAsJsonAsync(found);
        }
        else if (path.Split('/', StringSplitOptions.RemoveEmptyEntries) is var parts && ObjectAddress.Parse(parts) is { } address)
        {
            await AnswerAsync(http, address);
        }
        else
        {
            Unknown.Enqueue($"{http.Request.Method} {path}");
            await Refuse(http, 404, "NotFound", path);
        }
    }

    private async Task AnswerAsync(HttpContext http, ObjectAddress address)
    {
        switch (http.Request.Method, address.Name)
        {
            case ("GET", null) when http.Request.Query["watch"] == "true" || http.Request.Query["watch"] == "1":
                await WatchStream.AnswerAsync(http, address.Kind, List(address, http.Request.Query));
                break;
            case ("GET", null):
                await http.Response.WriteAsJsonAsync(new JsonObject
                {
                    ["apiVersion"] = address.Kind.ApiVersion, ["kind"] = address.Kind.Kind + "List", ["metadata"] = new JsonObject { ["resourceVersion"] = "1" },
                    ["items"] = new JsonArray([.. List(address, http.Request.Query)]),
                });
                break;
            case ("GET", _):
                await (objects.TryGetValue(address.Path, out var one) ? http.Response.WriteAsJsonAsync(PodsAtOnce.AddStatus((JsonObject)one.DeepClone())) : Refuse(http, 404, "NotFound", address.Path));
                break;
            case ("POST", null):
                await CreateAsync(http, address);
                break;
            case ("PUT", _):
                await KeepAsync(http, address, await BodyAsync(http), 200);
                break;
            case ("PATCH", _):
                await PatchAsync(http, address);
                break;
            case ("DELETE", _):
                await (objects.TryRemove(address.Path, out var gone) ? http.Response.WriteAsJsonAsync(gone) : Refuse(http, 404, "NotFound", address.Path));
                break;
            default:
                Unknown.Enqueue($"{http.Request.Method} {address.Path}");
                await Refuse(http, 405, "MethodNotAllowed", address.Path);
                break;
        }
    }

    private async Task CreateAsync(HttpContext http, ObjectAddress address)
    {
        var made = await BodyAsync(http);
        address = address with { Name = (string)made["metadata"]!["name"]! };
        if (objects.ContainsKey(address.Path))
            await Refuse(http, 409, "AlreadyExists", address.Path);
        else
            await KeepAsync(http, address, made, 201);
    }

    private async Task PatchAsync(HttpContext http, ObjectAddress address)
    {
        var patch = await BodyAsync(http);
        if (!objects.TryGetValue(address.Path, out var old))
            await Refuse(http, 404, "NotFound", address.Path);
        else if (Immutable.Touched(address.Kind, patch) is { } field)
            await Refuse(http, 422, "Invalid", $"{address.Path}: {field}: field is immutable");
        else
            await KeepAsync(http, address, MergePatch.Apply(old, patch), 200);
    }

    private async Task KeepAsync(HttpContext http, ObjectAddress address, JsonObject made, int status)
    {
        var number = Interlocked.Increment(ref version).ToString(CultureInfo.InvariantCulture);
        (made["metadata"]!["namespace"], made["metadata"]!["uid"], made["metadata"]!["resourceVersion"]) = (address.Namespace, $"uid-{address.Path}", number);
        // Secrets may be sent as text.
        if (made["stringData"] is JsonObject texts)
            foreach (var (key, text) in texts)
                (made["data"] ??= new JsonObject())[key] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes((string)text!));
        objects[address.Path] = made;
        if (!IsRecord(made))
            Written.Enqueue(address.Path);
        var answer = (JsonObject)made.DeepClone();
        PodsAtOnce.AddStatus(answer);
        http.Response.StatusCode = status;
        await http.Response.WriteAsJsonAsync(answer);
    }

    private List<JsonObject> List(ObjectAddress address, IQueryCollection query)
    {
        var labels = query["labelSelector"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).Where(pair => pair.Length == 2).ToList();
        var name = query["fieldSelector"].ToString() is var field && field.StartsWith("metadata.name=", StringComparison.Ordinal) ? field["metadata.name=".Length..] : null;
        var kept = objects.Where(o => o.Key.StartsWith(address.Path + "/", StringComparison.Ordinal)).Select(o => o.Value);
        if (address.Kind.Kind == "ReplicaSet")
            kept = objects.Where(o => o.Key.StartsWith($"/apis/apps/v1/namespaces/{address.Namespace}/deployments/", StringComparison.Ordinal)).Select(o => PodsAtOnce.ReplicaSet(o.Value));
        return [.. kept.Where(o => (name is null || (string?)o["metadata"]!["name"] == name)
                && labels.TrueForAll(label => (string?)o["metadata"]!["labels"]?[label[0].TrimEnd('=', '!')] == label[1].TrimStart('=')))
            .Select(o => (JsonObject)o.DeepClone()).Select(PodsAtOnce.AddStatus)];
    }

    private static async Task<JsonObject> BodyAsync(HttpContext http)
    {
        using var memory = new MemoryStream();
        await http.Request.Body.CopyToAsync(memory);
        return http.Request.ContentType == "application/vnd.kubernetes.protobuf" ? KubernetesProtobuf.ReadSecret(memory.ToArray()) : (JsonObject)JsonNode.Parse(memory.ToArray())!;
    }

    private static Task Refuse(HttpContext http, int code, string reason, string message)
    {
        http.Response.StatusCode = code;
        return http.Response.WriteAsJsonAsync(new { apiVersion = "v1", kind = "Status", status = "Failure", reason, message, code });
    }
}
