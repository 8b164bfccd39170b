using System.Text.Json.Nodes;

namespace NasFarm.Helm.Tests;

/// <summary>Pod Security "restricted" and what else is asked of every pod of the chart, whatever the values, and of the overlays.</summary>
[Collection(nameof(ChartCollection))]
public sealed class SecurityTests(ChartFixture chart)
{
    private static readonly string[] Volumes = ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"];
    private static readonly string[] Probes = ["startupProbe", "readinessProbe", "livenessProbe"];

    public static TheoryData<string> Sets => [.. ChartFixture.Sets, .. ChartFixture.Overlays];

    [ChartTheory, MemberData(nameof(Sets))]
    public void Every_pod_is_restricted(string set) => Assert.All(chart[set].Pods, pod =>
    {
        foreach (var shared in new[] { "hostNetwork", "hostPID", "hostIPC" })
            Assert.Null(pod.Spec[shared]);
        var security = pod.Spec["securityContext"]!;
        Assert.True((bool)security["runAsNonRoot"]!, pod.Owner);
        Assert.NotEqual(0, (int)security["runAsUser"]!);
        Assert.Equal("RuntimeDefault", (string)security["seccompProfile"]!["type"]!);
        Assert.All(pod.Spec["volumes"]?.AsArray() ?? [], volume =>
            Assert.All(((JsonObject)volume!).Select(field => field.Key).Where(key => key != "name"), kind => Assert.Contains(kind, Volumes)));
        Assert.All(pod.Containers, container =>
        {
            var own = container["securityContext"]!;
            Assert.False((bool)own["allowPrivilegeEscalation"]!, pod.Owner);
            Assert.True((bool)own["readOnlyRootFilesystem"]!, pod.Owner);
            Assert.Equal(["ALL"], own["capabilities"]!["drop"]!.AsArray().Select(c => (string)c!));
            Assert.Null(own["capabilities"]!["add"]);
            Assert.Null(own["privileged"]);
            Assert.All(container["ports"]?.AsArray() ?? [], port => Assert.Null(port!["hostPort"]));
        });
    });

    [ChartTheory, MemberData(nameof(Sets))]
    public void No_pod_gets_a_token_of_the_cluster(string set)
    {
        Assert.All(chart[set].Pods, pod =>
        {
            Assert.False((bool)pod.Spec["automountServiceAccountToken"]!, pod.Owner);
            Assert.DoesNotContain(pod.Spec["volumes"]?.AsArray() ?? [], volume => volume!["projected"] is not null);
        });
        Assert.All(chart[set].Of("ServiceAccount"), account => Assert.False((bool)account["automountServiceAccountToken"]!));
        Assert.Empty(chart[set].Of("Role").Concat(chart[set].Of("RoleBinding")));
    }

    [ChartTheory, MemberData(nameof(Sets))]
    public void Every_container_has_bounds_and_those_that_stay_have_three_probes(string set) => Assert.All(chart[set].Pods, pod => Assert.All(pod.Containers, container =>
    {
        Assert.NotNull(container["resources"]!["requests"]!["cpu"]);
        Assert.NotNull(container["resources"]!["requests"]!["memory"]);
        Assert.NotNull(container["resources"]!["limits"]!["memory"]);
        // A silo that is throttled misses probes and loses leases.
        Assert.Null(container["resources"]!["limits"]!["cpu"]);
        Assert.All(pod.Spec["volumes"]?.AsArray() ?? [], volume => Assert.True(volume!["emptyDir"] is not { } own || own["sizeLimit"] is not null, pod.Owner));
        if (!pod.StaysUp)
            return;
        Assert.All(Probes, probe => Assert.NotNull(container[probe]));
        if (pod.Part != "database")
        {
            // Whoever is asked whether he lives asks nobody.
            Assert.Equal(["/health/started", "/health/ready", "/health/live"], Probes.Select(probe => (string)container[probe]!["httpGet"]!["path"]!));
            Assert.True((int)container["startupProbe"]!["failureThreshold"]! * (int)container["startupProbe"]!["periodSeconds"]!
                >= int.Parse(pod.Env("NASFARM_SILO_STARTSECONDS")!, System.Globalization.CultureInfo.InvariantCulture) + 60, pod.Owner);
        }
    }));

    [ChartTheory, MemberData(nameof(Sets))]
    public void Every_image_has_an_exact_tag(string set) => Assert.All(chart[set].Pods.SelectMany(pod => pod.Containers), container =>
    {
        var image = (string)container["image"]!;
        Assert.Matches("^[a-z0-9./-]+:[A-Za-z0-9_][A-Za-z0-9._-]*(@sha256:[0-9a-f]{64})?$", image);
        Assert.DoesNotContain(":latest", image, StringComparison.Ordinal);
    });

    [ChartTheory, MemberData(nameof(Sets))]
    public void A_silo_has_time_for_its_checkpoints_and_the_old_one_goes_first(string set) =>
        Assert.All(chart[set].Of("Deployment").Where(made => RenderedPod.Of(made)!.Part == "gpu"), made =>
        {
            var pod = RenderedPod.Of(made)!;
            var drain = int.Parse(pod.Env("NASFARM_SILO_DRAINSECONDS")!, System.Globalization.CultureInfo.InvariantCulture);
            // The host waits ten seconds longer than the slots.
            Assert.True((int)pod.Spec["terminationGracePeriodSeconds"]! >= drain + 10 + 10, pod.Owner);
            Assert.Equal(0, (int)made["spec"]!["strategy"]!["rollingUpdate"]!["maxSurge"]!);
            Assert.True((int)made["spec"]!["progressDeadlineSeconds"]! > drain, pod.Owner);
        });

    [ChartTheory, MemberData(nameof(Sets))]
    public void No_secret_is_in_a_pod_s_manifest(string set)
    {
        var secrets = chart[set].Of("Secret").SelectMany(secret => (JsonObject)secret["data"]!)
            .Select(pair => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)pair.Value!))).ToList();
        Assert.All(chart[set].All.Where(o => (string)o["kind"]! != "Secret"), o => Assert.DoesNotContain(secrets, secret => o.ToJsonString().Contains(secret, StringComparison.Ordinal)));
        Assert.DoesNotContain(secrets, secret => chart[set].Notes.Contains(secret, StringComparison.Ordinal));
    }
}
