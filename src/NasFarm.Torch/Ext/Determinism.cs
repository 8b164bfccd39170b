using NasFarm.Torch.Interop;

namespace NasFarm.Torch.Ext;

/// <summary>Process-wide switches that decide whether the same work gives the same bits.</summary>
public static class Determinism
{
    /// <summary>Deterministic kernels or an exception; cuDNN without benchmarking; float32 without TF32.</summary>
    /// <remarks>cuBLAS also wants <c>CUBLAS_WORKSPACE_CONFIG=:4096:8</c> in the environment before CUDA starts.</remarks>
    public static void Require()
    {
        UseDeterministicAlgorithms(true);
        BenchmarkCuDnn(false);
        AllowTf32(false);
    }

    /// <param name="warnOnly">An operator without a deterministic kernel warns instead of throwing.</param>
    public static void UseDeterministicAlgorithms(bool on, bool warnOnly = false) =>
        Library.Check(ExtOps.nf_set_deterministic(on ? 1 : 0, warnOnly ? 1 : 0));

    public static bool UsesDeterministicAlgorithms => ExtOps.nf_deterministic() != 0;

    /// <summary>Whether cuDNN may time its algorithms and take the fastest.</summary>
    public static void BenchmarkCuDnn(bool on) => Library.Check(ExtOps.nf_set_cudnn_benchmark(on ? 1 : 0));

    /// <summary>Whether matrix products and convolutions of float32 on CUDA may round their inputs to TF32.</summary>
    public static void AllowTf32(bool on) => Library.Check(ExtOps.nf_set_allow_tf32(on ? 1 : 0));

    /// <summary>Threads inside one operator, those of OpenBLAS included; part of the numerics.</summary>
    public static int Threads
    {
        get => ExtOps.nf_get_num_threads();
        set => Library.Check(ExtOps.nf_set_num_threads(value));
    }

    /// <summary>Threads for independent operators; settable once, before the first parallel work.</summary>
    public static int InteropThreads
    {
        get => ExtOps.nf_get_num_interop_threads();
        set => Library.Check(ExtOps.nf_set_num_interop_threads(value));
    }
}
