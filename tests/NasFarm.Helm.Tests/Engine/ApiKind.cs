namespace NasFarm.Helm.Tests.Engine;

/// <summary>A kind of object that the API server knows.</summary>
/// <param name="Group">Empty: the core.</param>
/// <param name="Version">Of the group.</param>
/// <param name="Kind">As manifests say it.</param>
/// <param name="Plural">As addresses say it.</param>
public sealed record ApiKind(string Group, string Version, string Kind, string Plural)
{
    /// <summary>What charts of ours may make. All live in a namespace: a farm asks for nothing of the whole cluster.</summary>
    public static IReadOnlyList<ApiKind> All { get; } =
    [
        new("", "v1", "ConfigMap", "configmaps"), new("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"), new("", "v1", "Pod", "pods"),
        new("", "v1", "Secret", "secrets"), new("", "v1", "Service", "services"), new("", "v1", "ServiceAccount", "serviceaccounts"),
        new("apps", "v1", "Deployment", "deployments"), new("apps", "v1", "ReplicaSet", "replicasets"), new("apps", "v1", "StatefulSet", "statefulsets"),
        new("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"), new("batch", "v1", "Job", "jobs"),
        new("networking.k8s.io", "v1", "Ingress", "ingresses"), new("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"),
        new("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets"), new("rbac.authorization.k8s.io", "v1", "Role", "roles"),
        new("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"),
        new("monitoring.coreos.com", "v1", "PodMonitor", "podmonitors"), new("monitoring.coreos.com", "v1", "PrometheusRule", "prometheusrules"),
        new("monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors"),
    ];

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";
}
