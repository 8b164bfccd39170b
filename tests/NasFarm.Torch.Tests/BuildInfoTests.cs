using System.Runtime.InteropServices;
using NasFarm.Torch.Ext;
using static TorchSharp.torch;

namespace NasFarm.Torch.Tests;

public class BuildInfoTests
{
    [Fact]
    public void The_report_names_libtorch_blas_and_instruction_set()
    {
        var info = BuildInfo.Read();
        Assert.Matches(@"^\d+\.\d+\.\d+", info.Libtorch);
        Assert.True(File.Exists(info.LibtorchPath), info.LibtorchPath);
        Assert.True(File.Exists(info.Blas), info.Blas);
        Assert.Equal(info.Blas!.Contains("openblas"), info.OpenBlasCore is not null);
        Assert.Contains(info.CpuCapability, new[] { "DEFAULT", "NO AVX", "AVX2", "AVX512", "Z VECTOR", "VSX" });
        Assert.Contains("ATen parallel backend", info.ParallelBackend);
        Assert.Equal(cuda.is_available(), info.Device is not null);
        Assert.Equal(info, BuildInfo.Read());
    }

    [Fact]
    public void Setting_threads_sets_those_of_openblas_too()
    {
        Determinism.Threads = 1;
        Assert.True(BuildInfo.Read().OpenBlasThreads is null or 1);
    }

    [Fact]
    public void Memory_can_be_given_back_and_device_memory_needs_a_device()
    {
        TensorMemory.TrimHostMemory();
        if (cuda.is_available()) Assert.InRange(TensorMemory.DeviceMemoryBytes.Used, 1, TensorMemory.DeviceMemoryBytes.Total);
        else Assert.Contains("no CUDA device", Assert.Throws<ExternalException>(() => TensorMemory.DeviceMemoryBytes).Message);
    }

    [Fact]
    public void The_backend_says_what_it_can() => Assert.Equal(new Capabilities("NasFarm.Torch", null, null), Capabilities.Current);
}
