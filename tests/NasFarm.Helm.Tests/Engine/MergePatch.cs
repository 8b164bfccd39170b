using System.Text.Json.Nodes;

namespace NasFarm.Helm.Tests.Engine;

/// <summary>RFC 7386. Lists of a strategic patch are taken as they are: the tests look at what a patch names, not at merged lists.</summary>
internal static class MergePatch
{
    public static JsonObject Apply(JsonObject old, JsonObject patch)
    {
        var result = (JsonObject)old.DeepClone();
        foreach (var (key, value) in patch)
        {
            if (value is null)
                result.Remove(key);
            else
                result[key] = value is JsonObject change && result[key] is JsonObject before ? Apply(before, change) : value.DeepClone();
        }
        return result;
    }
}
