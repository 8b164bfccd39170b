using System.Text.RegularExpressions;
using NasFarm.Farm.Tests;
using NasFarm.Helm.Tests.Engine;

namespace NasFarm.Helm.Tests;

/// <summary>The farm for people without Helm.</summary>
[Collection(nameof(ChartCollection))]
public sealed class KustomizeTests(ChartFixture chart)
{
    [ChartFact]
    public async Task The_base_is_what_the_chart_makes_of_its_values()
    {
        var (code, output, errors) = await ClusterTools.HelmAsync("template", "nasfarm", ChartFixture.Chart, "--namespace", "nasfarm");
        Assert.True(code == 0, errors);
        var objects = output.Split("---\n", StringSplitOptions.RemoveEmptyEntries)
            // Hooks are Helm's, Secrets are drawn anew each time, and without a test pod there is nothing to let through.
            .Where(text => !text.Contains("helm.sh/hook", StringComparison.Ordinal) && !text.Contains("\nkind: Secret\n", StringComparison.Ordinal)
                && !text.Contains("app.kubernetes.io/component: test\n", StringComparison.Ordinal))
            .Select(text => Regex.Replace(text.Replace("  annotations:\n    helm.sh/resource-policy: keep\n", "", StringComparison.Ordinal)
                .Replace("managed-by: Helm\n", "managed-by: kustomize\n", StringComparison.Ordinal), @"(?m)^ *helm\.sh/chart: .*\n|^ *#.*\n", ""))
            .Where(text => text.Contains("kind: ", StringComparison.Ordinal));
        RepositoryFile.AssertGolden("k8s/base/farm.yaml", string.Join("---\n", objects));
    }

    [ChartFact]
    public void One_node_holds_everything()
    {
        var farm = chart["k8s/overlays/single-node"];
        Assert.Equal(["api", "control", "database", "gpu"], farm.Pods.Select(pod => pod.Part).Order(StringComparer.Ordinal));
        Assert.Equal("restricted", (string)farm.Find("Namespace", "nasfarm")["metadata"]!["labels"]!["pod-security.kubernetes.io/enforce"]!);
        Assert.Equal("NodePort", (string)farm.Find("Service", "nasfarm-api")["spec"]!["type"]!);
        Assert.Empty(farm.Of("Secret"));
    }

    [ChartFact]
    public void A_pool_has_a_database_and_a_volume_of_its_own()
    {
        var farm = chart["k8s/overlays/gpu-pool"];
        Assert.Equal(["api", "control", "gpu"], farm.Pods.Select(pod => pod.Part).Order(StringComparer.Ordinal));
        Assert.All(farm.Pods, pod =>
        {
            var store = pod.Variables.Single(e => (string)e["name"]! == "NASFARM_STORE");
            Assert.Equal("nasfarm-store", (string)store["valueFrom"]!["secretKeyRef"]!["name"]!);
            Assert.DoesNotContain(pod.Variables, e => (string)e["name"]! == "PGPASSWORD");
            Assert.Null(pod.Spec["affinity"]);
        });
        Assert.Equal(4, (int)farm.Find("Deployment", "nasfarm-gpu-main")["spec"]!["replicas"]!);
        Assert.Equal("ReadWriteMany", (string)Assert.Single(farm.Find("PersistentVolumeClaim", "nasfarm-artifacts")["spec"]!["accessModes"]!.AsArray())!);
        Assert.DoesNotContain(farm.Objects, o => (string)o["metadata"]!["name"]! == "nasfarm-database");
        // It must not wait for a job that nobody starts.
        Assert.Equal("make", farm.Pod("control").Env("NASFARM_SILO_TABLES"));
    }
}
