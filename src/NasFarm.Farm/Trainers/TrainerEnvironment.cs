using System.Globalization;
using System.Runtime.Intrinsics.X86;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Trainers;

/// <summary>Environment variables that pin numerics and threads. They must stand before libtorch loads, so they belong to the process.</summary>
public static class TrainerEnvironment
{
    /// <summary>The level this machine can be pinned to: <c>avx2</c>, or <c>default</c>. AVX-512 is never used: one level for all machines
    /// that have AVX2 lets a run move between them.</summary>
    public static string MachineLevel => Avx2.IsSupported && Fma.IsSupported ? "avx2" : "default";

    /// <param name="execution">Device and threads of the unit.</param>
    /// <param name="instructionSet"><c>avx2</c> or <c>default</c>.</param>
    /// <param name="visibleDevice">Index or UUID of the one GPU the trainer may see; null on the CPU.</param>
    public static IReadOnlyDictionary<string, string> For(ExecutionSpec execution, string instructionSet, string? visibleDevice)
    {
        var threads = execution.Threads.ToString(CultureInfo.InvariantCulture);
        var avx2 = instructionSet == "avx2";
        return new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            // A thread count that libraries may lower on a busy machine would change sums.
            ["OMP_NUM_THREADS"] = threads,
            ["OMP_DYNAMIC"] = "FALSE",
            ["OPENBLAS_NUM_THREADS"] = threads,
            ["MKL_NUM_THREADS"] = threads,
            ["MKL_DYNAMIC"] = "FALSE",
            // ATen's vectorised kernels: default, avx2 or avx512.
            ["ATEN_CPU_CAPABILITY"] = avx2 ? "avx2" : "default",
            // oneDNN reads either name, by version.
            ["ONEDNN_MAX_CPU_ISA"] = avx2 ? "AVX2" : "SSE41",
            ["DNNL_MAX_CPU_ISA"] = avx2 ? "AVX2" : "SSE41",
            // OpenBLAS chooses kernels by core type: Haswell is the first with AVX2, Nehalem has SSE4.2 only.
            ["OPENBLAS_CORETYPE"] = avx2 ? "Haswell" : "Nehalem",
            ["MKL_CBWR"] = avx2 ? "AVX2" : "COMPATIBLE",
            // Deterministic cuBLAS needs its workspace fixed; TF32 off everywhere.
            ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8",
            ["NVIDIA_TF32_OVERRIDE"] = "0",
            ["CUDA_VISIBLE_DEVICES"] = visibleDevice ?? "",
            // One arena per thread would let resident memory grow with every epoch's buffers.
            ["MALLOC_ARENA_MAX"] = "2",
        };
    }
}
