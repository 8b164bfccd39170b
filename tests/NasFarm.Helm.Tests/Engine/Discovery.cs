using System.Text.Json.Nodes;

namespace NasFarm.Helm.Tests.Engine;

/// <summary>What an API server says of itself.</summary>
internal static class Discovery
{
    /// <summary>Null: the address asks for something else.</summary>
    public static JsonNode? Answer(string path) => path switch
    {
        "/version" => new JsonObject { ["major"] = "1", ["minor"] = "31", ["gitVersion"] = "v1.31.0" },
        "/api" => new JsonObject { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1") },
        "/apis" => new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = new JsonArray([.. Groups()]) },
        // Every namespace is there.
        _ when path.Split('/') is ["", "api", "v1", "namespaces", var name] => new JsonObject
        {
            ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name },
        },
        _ => ApiKind.All.GroupBy(k => k.ApiVersion).FirstOrDefault(g => path == (g.First().Group.Length == 0 ? "/api/" : "/apis/") + g.Key) is { } group ? Resources(group) : null,
    };

    private static IEnumerable<JsonObject> Groups() => ApiKind.All.Where(k => k.Group.Length > 0).GroupBy(k => k.Group).Select(g =>
    {
        JsonObject Version() => new() { ["groupVersion"] = g.First().ApiVersion, ["version"] = g.First().Version };
        return new JsonObject { ["name"] = g.Key, ["versions"] = new JsonArray(Version()), ["preferredVersion"] = Version() };
    });

    private static JsonObject Resources(IGrouping<string, ApiKind> group) => new()
    {
        ["kind"] = "APIResourceList", ["apiVersion"] = "v1", ["groupVersion"] = group.Key,
        ["resources"] = new JsonArray([.. group.Select(k => new JsonObject
        {
            ["name"] = k.Plural, ["kind"] = k.Kind, ["namespaced"] = true, ["singularName"] = "",
            ["verbs"] = new JsonArray("create", "delete", "get", "list", "patch", "update", "watch"),
        })]),
    };
}
