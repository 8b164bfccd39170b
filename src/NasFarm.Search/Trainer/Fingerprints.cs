using System.Runtime.InteropServices;
using NasFarm.Catalog.Units;
using NasFarm.Torch.Ext;
using static TorchSharp.torch;

namespace NasFarm.Search.Trainer;

/// <summary>The numerics fingerprint of this process.</summary>
public static class Fingerprints
{
    private const string ProcessorFile = "/proc/cpuinfo";

    /// <summary>Sets threads and determinism as a unit needs them, then reads the fingerprint.</summary>
    public static NumericsFingerprint Pin(ExecutionSpec execution)
    {
        Determinism.Threads = execution.Threads;
        Determinism.Require();
        return Current(execution);
    }

    /// <summary>Model of the GPU, or of the processor as Linux names it; elsewhere its architecture.</summary>
    public static string DeviceModel(ExecutionSpec execution)
    {
        if (execution.Device != "cpu" && BuildInfo.Read().Device is { } gpu)
            return gpu;
        var named = File.Exists(ProcessorFile)
            ? File.ReadLines(ProcessorFile).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return named?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    /// <summary>Reads it after the dispatchers have chosen: a first small product makes them.</summary>
    public static NumericsFingerprint Current(ExecutionSpec execution)
    {
        using (NewDisposeScope())
            _ = ones([2, 2]).matmul(ones([2, 2]));
        var info = BuildInfo.Read();
        var gpu = execution.Device != "cpu";
        return new()
        {
            Libtorch = info.Libtorch,
            Blas = string.Join(' ', new[] { Path.GetFileName(info.Blas), info.OpenBlasCore }.Where(part => !string.IsNullOrEmpty(part))),
            InstructionSet = info.CpuCapability ?? "unknown",
            Threads = execution.Threads,
            ElementType = "float32",
            Layout = "nchw",
            Device = gpu ? $"cuda {info.Device}" : "cpu",
            Cuda = gpu ? $"{info.Cuda} cuDNN {info.CuDnn}" : null,
            Backend = Capabilities.Current.Backend,
        };
    }
}
