using System.Globalization;
using System.Runtime.InteropServices;
using NasFarm.Torch.Interop;

namespace NasFarm.Torch.Ext;

/// <summary>What stands behind the numbers of this process; null is absent.</summary>
public sealed record BuildInfo
{
    /// <summary>Version of the headers, e.g. <c>1.13.0</c>.</summary>
    public required string Libtorch { get; init; }

    /// <summary>File of the loaded libtorch, links followed.</summary>
    public required string LibtorchPath { get; init; }

    /// <summary>File that sgemm comes from, links followed.</summary>
    public string? Blas { get; init; }

    /// <summary>Kernel set that OpenBLAS chose, e.g. <c>Haswell</c>.</summary>
    public string? OpenBlasCore { get; init; }

    /// <summary>OpenBLAS's version and options in its own words.</summary>
    public string? OpenBlasConfig { get; init; }

    /// <summary>Size of OpenBLAS's own thread pool; <see cref="Determinism.Threads"/> sets it.</summary>
    public int? OpenBlasThreads { get; init; }

    /// <summary>ATen's sentence on its thread pool.</summary>
    public string? ParallelBackend { get; init; }

    /// <summary>OpenMP's sentence on itself.</summary>
    public string? OpenMp { get; init; }

    /// <summary>Instruction set that ATen's dispatcher chose, e.g. <c>AVX2</c>.</summary>
    public string? CpuCapability { get; init; }

    /// <summary>oneDNN's sentence on itself; null where libtorch is built without it.</summary>
    public string? OneDnn { get; init; }

    /// <summary>CUDA runtime as CUDA writes it, e.g. <c>12040</c>.</summary>
    public string? Cuda { get; init; }

    /// <summary>cuDNN as cuDNN writes it.</summary>
    public string? CuDnn { get; init; }

    /// <summary>Model of the first visible CUDA device.</summary>
    public string? Device { get; init; }

    /// <summary>Asks libtorch now: the dispatchers may still have chosen nothing before the first operator ran.</summary>
    public static BuildInfo Read()
    {
        Library.Check(ExtOps.nf_build_info(out var text));
        var values = Marshal.PtrToStringUTF8(text)!.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return new BuildInfo
        {
            Libtorch = values["libtorch"],
            LibtorchPath = values["libtorch_path"],
            Blas = values.GetValueOrDefault("blas"),
            OpenBlasCore = values.GetValueOrDefault("openblas_core"),
            OpenBlasConfig = values.GetValueOrDefault("openblas_config"),
            OpenBlasThreads = values.TryGetValue("openblas_threads", out var threads) ? int.Parse(threads, CultureInfo.InvariantCulture) : null,
            ParallelBackend = values.GetValueOrDefault("parallel"),
            OpenMp = values.GetValueOrDefault("openmp"),
            CpuCapability = values.GetValueOrDefault("cpu_capability"),
            OneDnn = values.GetValueOrDefault("onednn"),
            Cuda = values.GetValueOrDefault("cuda"),
            CuDnn = values.GetValueOrDefault("cudnn"),
            Device = values.GetValueOrDefault("device"),
        };
    }
}
