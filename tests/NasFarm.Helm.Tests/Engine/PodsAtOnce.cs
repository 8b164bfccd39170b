using System.Text.Json.Nodes;

namespace NasFarm.Helm.Tests.Engine;

/// <summary>What controllers and kubelets would come to, at once: everything is ready, every job has succeeded.</summary>
internal static class PodsAtOnce
{
    public static JsonObject AddStatus(JsonObject made)
    {
        var replicas = (int?)made["spec"]?["replicas"] ?? 1;
        made["status"] = (string)made["kind"]! switch
        {
            "Deployment" or "ReplicaSet" => new JsonObject
            {
                ["replicas"] = replicas, ["updatedReplicas"] = replicas, ["readyReplicas"] = replicas, ["availableReplicas"] = replicas, ["observedGeneration"] = 1,
            },
            "StatefulSet" => new JsonObject
            {
                ["replicas"] = replicas, ["updatedReplicas"] = replicas, ["readyReplicas"] = replicas, ["currentRevision"] = "1", ["updateRevision"] = "1", ["observedGeneration"] = 1,
            },
            "Job" => new JsonObject { ["succeeded"] = 1, ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Complete", ["status"] = "True" }) },
            "Pod" => new JsonObject { ["phase"] = "Succeeded", ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }) },
            "PersistentVolumeClaim" => new JsonObject { ["phase"] = "Bound" },
            _ => new JsonObject(),
        };
        made["metadata"]!["generation"] = 1;
        // What a server fills in where a manifest is silent.
        if ((string)made["kind"]! is "Deployment" or "StatefulSet")
            made["spec"]!["replicas"] = replicas;
        if ((string)made["kind"]! == "Service")
            made["spec"]!["clusterIP"] = "10.0.0.1";
        return made;
    }

    /// <summary>The one that a deployment's controller would have made.</summary>
    public static JsonObject ReplicaSet(JsonObject deployment) => new()
    {
        ["apiVersion"] = "apps/v1", ["kind"] = "ReplicaSet",
        ["metadata"] = new JsonObject
        {
            ["name"] = $"{deployment["metadata"]!["name"]}-1", ["namespace"] = (string)deployment["metadata"]!["namespace"]!,
            ["labels"] = deployment["spec"]!["template"]!["metadata"]!["labels"]!.DeepClone(),
            ["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = "apps/v1", ["kind"] = "Deployment", ["controller"] = true,
                ["name"] = (string)deployment["metadata"]!["name"]!, ["uid"] = (string)deployment["metadata"]!["uid"]!,
            }),
        },
        ["spec"] = new JsonObject
        {
            ["replicas"] = (int?)deployment["spec"]!["replicas"] ?? 1, ["selector"] = deployment["spec"]!["selector"]!.DeepClone(),
            ["template"] = deployment["spec"]!["template"]!.DeepClone(),
        },
    };
}
