using NasFarm.Catalog.Units;
using NasFarm.Farm.Trainers;

namespace NasFarm.Farm.Tests.Trainers;

public sealed class TrainerExitTests
{
    public static TheoryData<TrainerExit, string[], FailureReason, string> Cases => new()
    {
        { Left(0), [], FailureReason.NativeCrash, "the trainer left with exit code 0 without a word" },
        { Left(2), [], FailureReason.TrainerError, "the trainer left because it could not read a command" },
        { Left(75), [], FailureReason.LeaseLost, "the trainer left because no lease grant reached it for two thirds of its lease" },
        { Left(130), [], FailureReason.HostStopping, "the trainer died by signal 2 (interrupt)" },
        { Left(134), ["x", "terminate called: std::bad_alloc"], FailureReason.OutOfMemory, "the trainer died by signal 6 (abort) after: terminate called: std::bad_alloc" },
        { Left(137), [], FailureReason.NativeCrash, "the trainer died by signal 9 (killed) without a word" },
        { Left(137) with { KernelOutOfMemory = true }, [], FailureReason.OutOfMemory, "the kernel killed the trainer because memory ran out" },
        { Left(139), ["loading", "stepping "], FailureReason.NativeCrash, "the trainer died by signal 11 (segmentation fault) without a word; last log line: stepping" },
        { Left(143), [], FailureReason.HostStopping, "the trainer died by signal 15 (terminated)" },
        { Killed(KillCause.LeaseLost), [], FailureReason.LeaseLost, "killed: why" },
        { Killed(KillCause.MemoryLimit), [], FailureReason.OutOfMemory, "killed: why" },
        { Killed(KillCause.WallLimit), [], FailureReason.WallLimit, "killed: why" },
        { Killed(KillCause.StopOverdue), [], FailureReason.HostStopping, "killed: why" },
        { Killed(KillCause.Silence), [], FailureReason.NativeCrash, "killed: why" },
        { Killed(KillCause.BrokenProtocol), [], FailureReason.TrainerError, "killed: why" },
        { Killed(KillCause.Dismissed), ["out of memory"], FailureReason.HostStopping, "killed: why" },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Every_exit_has_one_reason_and_a_sentence(TrainerExit exit, string[] log, FailureReason reason, string sentence) =>
        Assert.Equal((reason, sentence), exit.Explain(log));

    [Fact]
    public void Pins_follow_the_threads_the_level_and_the_device()
    {
        var pins = TrainerEnvironment.For(new(Threads: 3), "avx2", "GPU-1");
        Assert.Equal(("3", "3", "3"), (pins["OMP_NUM_THREADS"], pins["OPENBLAS_NUM_THREADS"], pins["MKL_NUM_THREADS"]));
        Assert.Equal(("avx2", "AVX2", "Haswell"), (pins["ATEN_CPU_CAPABILITY"], pins["DNNL_MAX_CPU_ISA"], pins["OPENBLAS_CORETYPE"]));
        Assert.Equal((":4096:8", "GPU-1"), (pins["CUBLAS_WORKSPACE_CONFIG"], pins["CUDA_VISIBLE_DEVICES"]));

        var plain = TrainerEnvironment.For(new(), "default", null);
        Assert.Equal(("default", "SSE41", "Nehalem", ""), (plain["ATEN_CPU_CAPABILITY"], plain["ONEDNN_MAX_CPU_ISA"], plain["OPENBLAS_CORETYPE"], plain["CUDA_VISIBLE_DEVICES"]));
    }

    private static TrainerExit Left(int code) => new(code, null, null, KernelOutOfMemory: false);

    private static TrainerExit Killed(KillCause cause) => new(137, cause, "why", KernelOutOfMemory: true);
}
