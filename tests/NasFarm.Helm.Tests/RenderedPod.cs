using System.Text.Json.Nodes;

namespace NasFarm.Helm.Tests;

/// <summary>A pod as a manifest describes it.</summary>
/// <param name="Owner">Kind and name of what makes it.</param>
/// <param name="Part">Its component.</param>
/// <param name="Spec">Its specification.</param>
/// <param name="StaysUp">It is to run until it is told to stop.</param>
public sealed record RenderedPod(string Owner, string Part, JsonObject Spec, bool StaysUp)
{
    /// <summary>Null: no pods are made of it.</summary>
    public static RenderedPod? Of(JsonObject made)
    {
        var (kind, name) = ((string)made["kind"]!, (string)made["metadata"]!["name"]!);
        var pod = kind switch { "Deployment" or "StatefulSet" or "Job" => made["spec"]!["template"], "Pod" => made, _ => null };
        return pod is null ? null : new($"{kind} {name}", (string)pod["metadata"]!["labels"]!["app.kubernetes.io/component"]!, (JsonObject)pod["spec"]!, kind is "Deployment" or "StatefulSet");
    }

    /// <inheritdoc/>
    public override string ToString() => Owner;

    /// <summary>All containers, those that run first too.</summary>
    public IEnumerable<JsonObject> Containers => new[] { "initContainers", "containers" }.SelectMany(list => Spec[list]?.AsArray() ?? []).Cast<JsonObject>();

    /// <summary>The value of a variable of the first container. Null: it has none, or takes it from elsewhere.</summary>
    public string? Env(string name) => (string?)Variables.SingleOrDefault(e => (string)e["name"]! == name)?["value"];

    /// <summary>The variables of the first container.</summary>
    public IEnumerable<JsonObject> Variables => (Containers.First()["env"]?.AsArray() ?? []).Cast<JsonObject>();
}
