using System.Text.Json.Nodes;

namespace NasFarm.Helm.Tests.Engine;

/// <summary>Fields that an API server lets nobody change. A patch names only what is to change.</summary>
internal static class Immutable
{
    /// <summary>Null: the patch may be applied.</summary>
    public static string? Touched(ApiKind kind, JsonObject patch) => patch["spec"] is not JsonObject spec ? null : kind.Kind switch
    {
        "Deployment" => First(spec, "selector"),
        "StatefulSet" => spec.Select(field => field.Key).FirstOrDefault(field => field is not ("replicas" or "template" or "updateStrategy" or "minReadySeconds" or "ordinals"
            or "persistentVolumeClaimRetentionPolicy")),
        "PersistentVolumeClaim" => First(spec, "accessModes", "storageClassName", "volumeMode", "volumeName", "selector"),
        "Job" => First(spec, "template", "selector", "completionMode"),
        "Service" => First(spec, "clusterIP"),
        _ => null,
    };

    private static string? First(JsonObject spec, params string[] fields) => fields.FirstOrDefault(spec.ContainsKey) is { } field ? $"spec.{field}" : null;
}
