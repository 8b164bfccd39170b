using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace NasFarm.Helm.Tests.Engine;

/// <summary>A watch: what there is, a bookmark that says that this was all, and then silence.</summary>
internal static class WatchStream
{
    public static async Task AnswerAsync(HttpContext http, ApiKind kind, IEnumerable<JsonObject> objects)
    {
        http.Response.ContentType = "application/json;stream=watch";
        foreach (var one in objects)
            await SayAsync(http, "ADDED", one);
        if (http.Request.Query["sendInitialEvents"] == "true")
        {
            await SayAsync(http, "BOOKMARK", new JsonObject
            {
                ["apiVersion"] = kind.ApiVersion, ["kind"] = kind.Kind,
                ["metadata"] = new JsonObject { ["resourceVersion"] = "1", ["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" } },
            });
        }
        await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task SayAsync(HttpContext http, string type, JsonObject what)
    {
        await http.Response.WriteAsync(new JsonObject { ["type"] = type, ["object"] = what }.ToJsonString() + "\n");
        await http.Response.Body.FlushAsync();
    }
}
