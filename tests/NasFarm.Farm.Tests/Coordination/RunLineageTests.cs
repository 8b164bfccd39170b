using NasFarm.Farm.Coordination;

namespace NasFarm.Farm.Tests.Coordination;

public sealed class RunLineageTests
{
    [Theory]
    [InlineData("0 1 2 3", "0 1 2 3")]
    [InlineData("0 1 2 1 2 3", "0 3 4 5")]
    [InlineData("0 1 2 3 1 2 0", "6")]
    [InlineData("", "")]
    public void A_step_undoes_every_step_of_its_epoch_or_a_later_one(string epochs, string kept) =>
        Assert.Equal(Numbers(kept).Select(n => (long)n), RunLineage.Kept(Numbers(epochs).Select((epoch, step) => ((long)step, epoch))));

    private static IEnumerable<int> Numbers(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse);
}
