using NasFarm.Search.Phases;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Phases;

/// <summary>Which images a search sees depends on the data-order seed and the trained epoch, and on nothing else.</summary>
public sealed class RandomStreamsOfASearchTests
{
    [Fact]
    public void Two_methods_with_one_seed_see_the_same_batches_and_start_from_the_same_weights()
    {
        using var scope = NewDisposeScope();
        using var folder = new Data.TemporaryFolder();
        using var darts = TinySearch.Open(TinySearch.Unit("darts"), new MemorySink(folder["a"]));
        using var sgas = TinySearch.Open(TinySearch.Unit("sgas"), new MemorySink(folder["b"]));
        var pairs = darts.State.Tensors().Zip(sgas.State.Tensors()).ToList();
        Assert.All(pairs, p => Assert.True(p.First.Name == p.Second.Name && p.First.Bytes.Span.SequenceEqual(p.Second.Bytes.Span), p.First.Name));
    }

    [Fact]
    public void The_shuffle_of_an_epoch_follows_the_trained_counter_so_a_replay_after_a_rollback_differs()
    {
        using var scope = NewDisposeScope();
        var unit = TinySearch.Unit("sgas-es");
        var data = new SearchData(TinySearch.Images(), unit.SeedRun.Data, unit.SeedRun.DataOrderSeed, CPU);
        float[] Pixels(long trained) => data.WeightBatch(trained, 0, 16).Images.data<float>().ToArray();
        Assert.Equal(Pixels(4), Pixels(4));
        Assert.NotEqual(Pixels(4), Pixels(5));
    }

    [Fact]
    public void After_a_rollback_the_epoch_is_trained_on_another_order_than_the_first_time()
    {
        var history = TinySearch.RunWhole(ResumeTests.EagerSgasEs());
        var losses = history.Rows.Select(r => r.Split(' ')).Where(r => r[2] == "train_loss").ToList();
        var again = losses.GroupBy(r => r[1]).Where(epoch => epoch.Count() > 1).ToList();
        Assert.NotEmpty(again);
        Assert.All(again, epoch => Assert.Equal(epoch.Count(), epoch.Select(r => r[3]).Distinct().Count()));
    }
}
