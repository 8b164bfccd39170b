using System.Text.Json.Nodes;
using NasFarm.Helm.Tests.Engine;
using NasFarm.Helm.Tests.Models;

namespace NasFarm.Helm.Tests;

/// <summary>Values that cannot be: nothing is installed, and the sentence says which value and why.</summary>
[Collection(nameof(ChartCollection))]
public sealed class RefusedValuesTests(ChartFixture chart)
{
    [ChartTheory]
    [InlineData("gpu: { replica: 2 }", "at '/gpu': additional properties 'replica' not allowed")]
    [InlineData("gpus: {}", "additional properties 'gpus' not allowed")]
    [InlineData("gpu: { pools: { Main: {} } }", "at '/gpu/pools': additional properties 'Main' not allowed")]
    [InlineData("gpu: { pools: { main: { drain: 3 } } }", "additional properties 'drain' not allowed")]
    [InlineData("gpu: { count: 0 }", "at '/gpu/count': minimum: got 0, want 1")]
    [InlineData("gpu: { device: nvidia }", "at '/gpu/device'")]
    [InlineData("images: { gpu: { tag: latest } }", "at '/images/gpu/tag'")]
    [InlineData("images: { control: { digest: sha256:abc } }", "at '/images/control/digest'")]
    [InlineData("artifacts: { type: nfs }", "at '/artifacts/type': value must be one of 'volume', 's3'")]
    [InlineData("artifacts: { type: s3 }", "at '/artifacts/s3/bucket'")]
    [InlineData("api: { ingress: { enabled: true, host: farm.example } }", "at '/api/ingress/tlsSecret'")]
    [InlineData("control: { resources: { limits: { memory: null } } }", "missing property 'memory'")]
    [InlineData("control: { extraEnv: [{ name: NASFARM_SILO_ROLE, value: all }] }", "at '/control/extraEnv/0/name'")]
    [InlineData("database: { trial: { storage: big } }", "at '/database/trial/storage'")]
    [InlineData("gpu: { device: '' }", "gpu.pools.main has no slot: give device and count, or cpuSlots.")]
    [InlineData("gpu: { device: nvidia.com/mig-1g.10gb, count: 2 }", "gpu.pools.main: count is 2 and device nvidia.com/mig-1g.10gb; a process sees one instance of MIG")]
    [InlineData("gpu: { autoscaling: { enabled: true, minReplicas: 9 } }", "gpu.pools.main.autoscaling: minReplicas is 9 and maxReplicas 8; it must not be more.")]
    [InlineData("gpu: { replicas: 2 }", "artifacts.volume.accessMode is ReadWriteOnce, which one node mounts, and there may be 2 GPU pods")]
    [InlineData("{ api: { replicas: 2 }, artifacts: { type: s3, s3: { bucket: farm } } }", "api.replicas is 2: logins are sealed with keys that all of them read")]
    [InlineData("database: { migrate: { existingSecret: owner } }", "database.migrate.existingSecret is given without database.existingSecret")]
    [InlineData("cluster: { gatewayPort: 11111 }", "cluster.siloPort, gatewayPort and healthPort are [11111 11111 8181]; they must differ.")]
    [InlineData("auth: { jwt: { issuer: 'https://id.example' } }", "auth.jwt takes issuer, audience and existingSecret, all three or none.")]
    public async Task A_value_that_cannot_be_is_named(string values, string sentence)
    {
        var problem = await chart.Helm.InstallAsync(ChartFixture.Chart, "farm", "refused", (JsonObject)YamlJson.ReadAll(values).Single());

        Assert.NotNull(problem);
        Assert.True(problem.Contains(sentence, StringComparison.Ordinal), problem);
        Assert.Empty(chart.Server.In("refused"));
    }

    [ChartFact]
    public async Task A_manifest_with_a_wrong_missing_or_unknown_field_is_found()
    {
        var found = await KubernetesModels.CheckAsync([YamlJson.ReadAll("""
            { apiVersion: v1, kind: Service, metadata: { name: a }, spec: { ports: [{ port: eighty }] } }
            ---
            { apiVersion: v1, kind: Service, metadata: { name: b }, spec: { portz: [{ port: 80 }], ports: [{ port: 80, nodeport: 1 }] } }
            ---
            { apiVersion: apps/v1, kind: Deployment, metadata: { name: c }, spec: { template: { spec: { containers: [{ name: c }] } } } }
            ---
            { apiVersion: v2, kind: Service, metadata: { name: d } }
            """)]);

        var text = string.Join('\n', Assert.Single(found));
        foreach (var part in new[] { "Service a: ", "Service b: the schema has no field spec.portz", "Service b: the schema has no field spec.ports.0.nodeport", "Deployment c: ", "v2 Service d: no schema" })
            Assert.Contains(part, text, StringComparison.Ordinal);
    }
}
