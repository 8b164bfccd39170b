using NasFarm.Search.Data;
using NasFarm.Search.Randomness;

namespace NasFarm.Search.Tests.Data;

public class EpochOrderTests
{
    private static readonly int[] Part = [.. Enumerable.Range(100, 37)];

    private static int[] Order(long epoch, long seed = 1, string stream = StreamNames.WeightOrder) => EpochOrder.Shuffled(Part, seed, stream, epoch);

    [Fact]
    public void Every_epoch_sees_every_image_once_in_another_order()
    {
        var orders = Enumerable.Range(0, 20).Select(e => Order(e)).ToList();
        Assert.All(orders, o => Assert.Equal(Part, o.Order()));
        Assert.Equal(20, orders.Select(o => string.Join(',', o)).Distinct().Count());
        Assert.NotEqual(Order(3), Order(3, seed: 2));
        Assert.NotEqual(Order(3), Order(3, stream: StreamNames.AlphaOrder));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(36)]
    [InlineData(37)]
    [InlineData(64)]
    public void Batches_of_any_size_walk_the_same_order_and_keep_the_last_short_one(int batchSize)
    {
        var order = Order(5);
        var steps = EpochOrder.Steps(order.Length, batchSize);
        Assert.Equal((order.Length - 1) / batchSize + 1, steps);
        Assert.Equal(order, Enumerable.Range(0, steps).SelectMany(s => EpochOrder.Batch(order, batchSize, s).ToArray()));
        Assert.Throws<ArgumentOutOfRangeException>(() => EpochOrder.Batch(order, batchSize, steps));
    }

    [Fact]
    public void Resuming_at_any_step_gives_the_batches_of_a_straight_run()
    {
        List<int[]> Run(int first) =>
            [.. from step in Enumerable.Range(first, 30 - first)
                let weights = EpochOrder.Batch(Order(step / 5), 8, step % 5).ToArray()
                let alphas = EpochOrder.FreshBatch(Part, 8, 1, StreamNames.AlphaOrder, step / 5, step % 5)
                select (int[])[.. weights, .. alphas]];

        var straight = Run(0);
        for (var first = 0; first < 30; first++)
            Assert.Equal(straight[first..], Run(first));
    }

    [Fact]
    public void A_fresh_batch_holds_distinct_images_and_changes_with_every_step()
    {
        var batches = Enumerable.Range(0, 50).Select(step => EpochOrder.FreshBatch(Part, 8, 1, StreamNames.AlphaOrder, 2, step)).ToList();
        Assert.All(batches, b => Assert.Equal(8, b.Distinct().Intersect(Part).Count()));
        Assert.Equal(50, batches.Select(b => string.Join(',', b)).Distinct().Count());
        Assert.Equal(37, batches.SelectMany(b => b).Distinct().Count()); // over the steps all images take part
        Assert.Equal(Part, EpochOrder.FreshBatch(Part, 64, 1, StreamNames.AlphaOrder, 2, 0).Order());
    }

    [Fact]
    public void A_larger_fresh_batch_begins_with_the_smaller_one() =>
        Assert.Equal(
            EpochOrder.FreshBatch(Part, 8, 1, StreamNames.AlphaOrder, 2, 3),
            EpochOrder.FreshBatch(Part, 16, 1, StreamNames.AlphaOrder, 2, 3)[..8]);
}
