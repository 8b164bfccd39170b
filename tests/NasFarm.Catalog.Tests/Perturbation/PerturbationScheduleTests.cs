using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Perturbation;

namespace NasFarm.Catalog.Tests.Perturbation;

public sealed class PerturbationScheduleTests
{
    [Theory]
    [InlineData("sdarts-rs", 0, 0.03)]     // spec/algorithms.md §21.6
    [InlineData("sdarts-rs", 25, 0.165)]
    [InlineData("sdarts-adv", 49, 0.2946)]
    [InlineData("ms-darts", 0, 0.025)]     // §12.3: ε/10 + 0.9 ε e/E, ε 0.25, E 40
    [InlineData("ms-darts", 20, 0.1375)]
    public void Epsilon_grows_as_published(string method, int epoch, double epsilon) =>
        Assert.Equal(epsilon, PerturbationSchedule.Of(MethodCatalog.Resolve(method, "darts")).At(epoch), 1e-12);
}
