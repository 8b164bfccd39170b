using System.Text.Json.Nodes;
using NasFarm.Helm.Tests.Models;

namespace NasFarm.Helm.Tests;

/// <summary>What Helm makes of the chart.</summary>
[Collection(nameof(ChartCollection))]
public sealed class ChartTests(ChartFixture chart)
{
    public static TheoryData<string> Sets => [.. ChartFixture.Sets];

    [ChartFact]
    public async Task Every_object_of_every_set_of_values_is_one_that_Kubernetes_knows()
    {
        string[] all = [.. ChartFixture.Sets, .. ChartFixture.Overlays];
        Assert.All(all, set => Assert.Null(chart[set].Problem));
        Assert.Empty(chart.Server.Unknown);
        Assert.True(ChartFixture.Sets.Count >= 12);

        // What the server added is not the chart's.
        var problems = await KubernetesModels.CheckAsync(all.Select(set => chart[set].All.Select(Own)));

        Assert.Equal(all.Select(set => $"{set}: "), all.Zip(problems, (set, found) => $"{set}: {string.Join("; ", found)}"));
    }

    [ChartTheory, MemberData(nameof(Sets))]
    public void Every_object_says_whose_it_is_and_is_in_the_release_s_namespace(string set)
    {
        Assert.All(chart[set].All.Where(o => (string)o["metadata"]!["name"]! != "notes"), o =>
        {
            Assert.Equal(set, (string)o["metadata"]!["namespace"]!);
            foreach (var label in new[] { "name", "instance", "version", "part-of", "managed-by" })
                Assert.NotNull(o["metadata"]!["labels"]![$"app.kubernetes.io/{label}"]);
        });
    }

    [ChartTheory, MemberData(nameof(Sets))]
    public void Every_selector_finds_the_pods_it_is_meant_for(string set)
    {
        var pods = chart[set].All.Select(o => (string)o["kind"]! == "Pod" ? o : o["spec"]?["template"]).OfType<JsonNode>().Select(pod => (JsonObject)pod["metadata"]!["labels"]!).ToList();
        foreach (var made in chart[set].Objects)
        {
            var selector = (string)made["kind"]! switch
            {
                "Service" => (JsonObject)made["spec"]!["selector"]!,
                "Deployment" or "StatefulSet" or "PodDisruptionBudget" => (JsonObject)made["spec"]!["selector"]!["matchLabels"]!,
                "NetworkPolicy" => (JsonObject)made["spec"]!["podSelector"]!["matchLabels"]!,
                _ => null,
            };
            Assert.True(selector is null || pods.Exists(labels => selector.All(want => (string?)labels[want.Key] == (string)want.Value!)), $"{made["kind"]} {made["metadata"]!["name"]} selects nothing");
        }
    }

    [ChartFact]
    public void The_default_is_a_whole_trial_farm()
    {
        var trial = chart[ChartFixture.Default];
        Assert.Equal(["api", "control", "database", "gpu", "migrate", "test"], trial.Pods.Select(pod => pod.Part).Order(StringComparer.Ordinal));
        Assert.Equal(["farm-nasfarm-artifacts"], trial.Of("PersistentVolumeClaim").Select(claim => (string)claim["metadata"]!["name"]!));
        Assert.Single(trial.Find("StatefulSet", "farm-nasfarm-database")["spec"]!["volumeClaimTemplates"]!.AsArray());
        Assert.Equal("post-install,post-upgrade", (string)trial.Find("Job", "farm-nasfarm-migrate")["metadata"]!["annotations"]!["helm.sh/hook"]!);
        // It is installed with --wait too: who waits for the tables is not waited for by who makes them.
        Assert.Equal(("make", "await", "await"), (trial.Pod("control").Env("NASFARM_SILO_TABLES"), trial.Pod("api").Env("NASFARM_SILO_TABLES"), trial.Pod("gpu").Env("NASFARM_SILO_TABLES")));
        // One node mounts the volume: the others go where the GPU is.
        Assert.All(new[] { "control", "api" }, part => Assert.Contains("\"app.kubernetes.io/component\":\"gpu\"", trial.Pod(part).Spec["affinity"]!.ToJsonString(), StringComparison.Ordinal));
    }

    [ChartFact]
    public void A_database_that_is_there_gets_its_tables_before_anything_else_and_every_pod_waits_for_them()
    {
        var farm = chart["separate-migrator"];
        Assert.DoesNotContain(farm.Pods, pod => pod.Part == "database");
        Assert.Equal("pre-install,pre-upgrade", (string)farm.Find("Job", "farm-nasfarm-migrate")["metadata"]!["annotations"]!["helm.sh/hook"]!);
        var written = chart.Server.Written.Where(path => path.Contains("/namespaces/separate-migrator/", StringComparison.Ordinal)).ToList();
        Assert.EndsWith("/jobs/farm-nasfarm-migrate", written[0], StringComparison.Ordinal);
        Assert.Equal(("farm-db-owner", "address"), Reference(farm.Pod("migrate"), "NASFARM_STORE"));
        // What the job needs exists before the release does.
        Assert.Equal("default", (string)farm.Pod("migrate").Spec["serviceAccountName"]!);
        Assert.All(new[] { "api", "control", "gpu" }, part =>
        {
            Assert.Equal("await", farm.Pod(part).Env("NASFARM_SILO_TABLES"));
            Assert.Equal(("farm-db", "address"), Reference(farm.Pod(part), "NASFARM_STORE"));
        });
        Assert.Equal(("farm-db", "password"), Reference(chart["external-database"].Pod("gpu"), "PGPASSWORD"));
    }

    [ChartFact]
    public void A_pool_is_a_workload_whose_device_is_asked_for_and_counted()
    {
        var farm = chart["two-pools"];
        var (whole, slices) = (RenderedPod.Of(farm.Find("Deployment", "farm-nasfarm-gpu-main"))!, RenderedPod.Of(farm.Find("Deployment", "farm-nasfarm-gpu-slices"))!);
        Assert.Equal(("0,1,2,3", "0"), (whole.Env("NASFARM_SILO_GPUS"), slices.Env("NASFARM_SILO_GPUS")));
        Assert.Equal(("4", "1"), ((string)whole.Containers.First()["resources"]!["limits"]!["nvidia.com/gpu"]!, (string)slices.Containers.First()["resources"]!["limits"]!["nvidia.com/mig-1g.10gb"]!));
        Assert.Equal(("whole", "slice"), (whole.Env("NASFARM_SILO_LABELS"), slices.Env("NASFARM_SILO_LABELS")));
        Assert.Equal("a100", (string)whole.Spec["nodeSelector"]!["pool"]!);
        Assert.Null(slices.Spec["nodeSelector"]);
        Assert.Equal("20000000000", chart["mig"].Pod("gpu").Env("NASFARM_SILO_SLOTMEMORYBYTES"));
        var cpu = chart["cpu-only"].Pod("gpu");
        Assert.Equal((null, "2"), (cpu.Env("NASFARM_SILO_GPUS"), cpu.Env("NASFARM_SILO_CPUSLOTS")));
    }

    [ChartFact]
    public void The_length_of_the_queue_scales_a_pool_and_nothing_else_sets_its_size()
    {
        var farm = chart["autoscaled"];
        var scaler = Assert.Single(farm.Of("HorizontalPodAutoscaler"));
        Assert.Equal("nasfarm_queue_depth", (string)scaler["spec"]!["metrics"]![0]!["external"]!["metric"]!["name"]!);
        Assert.Equal("farm-nasfarm-gpu-main", (string)scaler["spec"]!["scaleTargetRef"]!["name"]!);
        Assert.Null(farm.Find("Deployment", "farm-nasfarm-gpu-main")["spec"]!["replicas"]);
    }

    [ChartFact]
    public void Nothing_but_silos_and_the_API_reaches_the_ports_whose_callers_are_trusted()
    {
        Assert.All(ChartFixture.Sets.Where(set => chart[set].Of("NetworkPolicy").Any()), set =>
        {
            var trusted = chart[set].Of("NetworkPolicy").SelectMany(policy => policy["spec"]!["ingress"]?.AsArray() ?? [])
                .Where(rule => rule!["ports"]!.AsArray().Any(port => (int)port!["port"]! is 11111 or 30000)).ToList();
            Assert.Equal(2, trusted.Count);
            Assert.All(trusted, rule => Assert.All(rule!["from"]!.AsArray(), from =>
            {
                Assert.Null(from!["namespaceSelector"]);
                Assert.NotNull(from["podSelector"]!["matchLabels"]!["app.kubernetes.io/instance"]);
            }));
        });
        Assert.Empty(chart["own-names"].Of("NetworkPolicy"));
        Assert.Equal("10.20.0.0/24", (string)chart["separate-migrator"].Find("NetworkPolicy", "farm-nasfarm-to-database")["spec"]!["egress"]![0]!["to"]![0]!["ipBlock"]!["cidr"]!);
    }

    [ChartFact]
    public void Checkpoints_are_where_the_values_say()
    {
        Assert.Equal("s3://farm-1/lab/one?cache=40GiB&endpoint=http://minio.storage:9000", chart["s3-own-server"].Pod("gpu").Env("NASFARM_ARTIFACTS"));
        Assert.Equal("s3://farm-1/nasfarm?cache=10GiB&region=eu-central-1", chart["s3-amazon"].Pod("control").Env("NASFARM_ARTIFACTS"));
        Assert.Equal("/var/lib/nasfarm-shared/artifacts?cache=10GiB", chart["existing-volume"].Pod("api").Env("NASFARM_ARTIFACTS"));
        Assert.Empty(chart["existing-volume"].Of("PersistentVolumeClaim"));
        Assert.Null(chart["existing-volume"].Pod("api").Spec["affinity"]);
        // Logins are sealed with keys of one folder for all replicas.
        Assert.Equal("/var/lib/nasfarm-api/home", chart["s3-amazon"].Pod("api").Env("NASFARM_HOME"));
        Assert.Equal("/var/lib/nasfarm-shared/api", chart["shared-volume"].Pod("api").Env("NASFARM_HOME"));
    }

    [ChartFact]
    public void Notes_name_what_is_not_production_and_three_commands()
    {
        var (trial, hardened) = (chart[ChartFixture.Default].Notes, chart["hardened"].Notes);
        foreach (var part in new[] { "the database", "the checkpoints", "one control silo", "the first token", "no TLS", "images by tag: control, gpu, postgres" })
            Assert.Contains($"  - {part}", trial, StringComparison.Ordinal);
        Assert.DoesNotContain("Not production", hardened, StringComparison.Ordinal);
        Assert.All(new[] { trial, hardened }, notes => Assert.Equal(3, notes.Split('\n').Count(line => line.StartsWith("  kubectl ", StringComparison.Ordinal)
            || line.StartsWith("  helm ", StringComparison.Ordinal) || line.StartsWith("  curl ", StringComparison.Ordinal))));
    }

    private static JsonNode Own(JsonObject made)
    {
        var own = (JsonObject)made.DeepClone();
        foreach (var added in new[] { "uid", "resourceVersion" })
            ((JsonObject)own["metadata"]!).Remove(added);
        return own;
    }

    private static (string, string) Reference(RenderedPod pod, string variable)
    {
        var key = pod.Variables.Single(e => (string)e["name"]! == variable)["valueFrom"]!["secretKeyRef"]!;
        return ((string)key["name"]!, (string)key["key"]!);
    }
}
