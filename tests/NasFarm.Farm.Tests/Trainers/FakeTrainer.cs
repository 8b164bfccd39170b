using NasFarm.Farm.Trainers;

namespace NasFarm.Farm.Tests.Trainers;

/// <summary>The scripted trainer of <c>fake-trainer.sh</c>.</summary>
internal static class FakeTrainer
{
    public static TrainerOptions Options(params string[] behaviour) => new()
    {
        Program = "bash",
        Lease = Store.TestPlans.Lease,
        Arguments = [Path.Combine(AppContext.BaseDirectory, "Trainers", "fake-trainer.sh"), .. behaviour],
    };
}
