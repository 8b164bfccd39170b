using System.Text;
using NasFarm.Orleans.Grains;

namespace NasFarm.Orleans.Tests.Grains;

public sealed class StateJsonTests
{
    private readonly StateJson json = new();

    [Fact]
    public void A_state_is_read_as_it_was_written()
    {
        Assert.Equal(["s1", "s2"], json.Deserialize<SeedRunWatch>(json.Serialize(new SeedRunWatch { SweepIds = ["s1", "s2"] })).SweepIds);
        Assert.Equal("{}", json.Deserialize<SweepMemory>(json.Serialize(new SweepMemory { Known = "{}" })).Known);
    }

    [Theory]
    [InlineData("{ \"$type\": \"NasFarm.Orleans.Grains.SweepMemory, nasfarm-silo\", \"Known\": \"x\" }")]
    [InlineData("{ \"known\": \"x\", \"ofALaterBuild\": 1 }")]
    [InlineData("not JSON")]
    [InlineData("null")]
    public void What_cannot_be_read_counts_as_nothing_kept(string text) =>
        Assert.Null(json.Deserialize<SweepMemory>(new BinaryData(Encoding.UTF8.GetBytes(text))).Known);
}
