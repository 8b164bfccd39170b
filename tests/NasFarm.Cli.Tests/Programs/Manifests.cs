namespace NasFarm.Cli.Tests.Programs;

/// <summary>Sweeps of a few two-step epochs. Arms with equal text are the same runs in every sweep, so one sweep's history judges another's.</summary>
internal static class Manifests
{
    /// <summary>Both epochs of a phase are measured and the factor is next to 1: phases roll back whenever λmax grows at all.</summary>
    public const string SgasEs = "name: sgas-es, hyperparameters: { phaseEpochs: 2, window: 1, delta: 1, factor: 1.0001, postEpochs: 0 }";

    public const string Placebo = "name: sgas-es-placebo, hyperparameters: { phaseEpochs: 2, postEpochs: 0 }";

    public const string Sgas = "name: sgas, hyperparameters: { criterion: 2, history: 2, warmup: 1, interval: 1, postEpochs: 0 }";

    public const string Darts = "name: darts, hyperparameters: { epochs: 3 }";

    public const string RandomCells = "name: random";

    /// <param name="name">Name of the sweep.</param>
    /// <param name="seeds">How many, from 0.</param>
    /// <param name="arms">Of the constants above.</param>
    public static string Sweep(string name, int seeds, params string[] arms) => $$"""
        apiVersion: nasfarm.io/v1
        kind: Sweep
        metadata: { name: {{name}} }
        spec:
          seeds: { start: 0, count: {{seeds}} }
          space: { name: nas-bench-201, channels: 2, cells: 1 }
          data: { name: fashion-mnist, imageSize: 16, trainImages: 32, alphaImages: 32 }
          methods:
            - { {{string.Join(" }\n    - { ", arms)}} }
          defaults:
            hyperparameters: { batchSize: 16, batchIncrease: 0, alphaLearningRate: 0.1, lanczosSteps: 2 }
          retrain:
            - data: fashion-mnist
              recipe: nas-bench-201
              imageSize: 16
              trainImages: 32
              testImages: 32
              settings: { channels: 2, cells: 1, epochs: 2, batchSize: 16 }
          retry: { maxAttempts: 20 }

        """;
}
