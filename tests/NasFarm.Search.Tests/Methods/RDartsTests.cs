using NasFarm.Catalog.Methods;
using NasFarm.Search.Data;
using NasFarm.Search.Methods;
using NasFarm.Search.Phases;
using NasFarm.Search.Tests.Phases;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Methods;

public sealed class RDartsTests
{
    [Fact]
    public void Drop_path_and_cut_out_grow_linearly_to_the_last_epoch_and_without_drop_path_nothing_is_cut()
    {
        var settings = MethodCatalog.Resolve("r-darts-dp", "darts");
        var method = SearchMethods.Get("r-darts-dp");
        Assert.Equal(new TrainingNoise(0, new(16, 0)), method.Noise(settings, 0));
        Assert.Equal(new TrainingNoise(0.4, new(16, 1)), method.Noise(settings, 49));
        Assert.Equal(0.4 * 7 / 49, method.Noise(settings, 7).DropPath, 1e-12);
        Assert.Equal(7.0 / 49, method.Noise(settings, 7).Cutout.Probability, 1e-12);
        Assert.Equal(default, method.Noise(settings.With("searchDropPath", 0.0), 49));
    }

    [Fact]
    public void The_first_epoch_is_that_of_DARTS_second_order_and_later_ones_are_not()
    {
        using var one = new OneStep("r-darts-dp", settings: ("epochs", 3));
        using var darts = new OneStep("darts", settings: ("order", 2));
        one.Step().Take();
        darts.Step().Take();
        Assert.Equal(darts.Alphas(), one.Alphas());
        Assert.Equal(darts.Weights(), one.Weights());
        one.At(2);
        darts.At(2);
        one.Step(1).Take();
        darts.Step(1).Take();
        Assert.NotEqual(darts.Weights(), one.Weights());
    }

    [Fact]
    public void A_step_draws_the_same_masks_whenever_it_is_taken()
    {
        using var one = new OneStep("r-darts-dp", epoch: 2, settings: [("epochs", 3), ("searchCutout", 0)]);
        float[] Gradient(int index) => OneStep.Flat(one.Method.WeightGradient(one.Step(index)).Gradients);
        Assert.Equal(Gradient(0), Gradient(0));
        var step = one.Step();
        Assert.NotEqual(OneStep.Flat(step.WeightGradient(step.Mixtures()).Gradients), OneStep.Flat(step.WeightGradient(step.Mixtures()).Gradients));
    }

    [Fact]
    public void The_share_of_images_that_are_cut_is_the_probability_and_the_rest_of_the_image_stays()
    {
        using var scope = NewDisposeScope();
        var unit = TinySearch.Unit("r-darts-dp");
        var data = new SearchData(TinySearch.Images(), unit.SeedRun.Data, 3, CPU);
        float[][] Images(double probability) =>
            [.. data.WeightBatch(5, 0, 48, new Cutout(8, probability)).Images.data<float>().ToArray().Chunk(256)];
        var (plain, all, half) = (Images(0), Images(1), Images(0.5));
        int Cut(float[][] images) => plain.Zip(images).Count(pair => !pair.First.SequenceEqual(pair.Second));
        Assert.Equal(0, plain.Zip([.. data.WeightBatch(5, 0, 48).Images.data<float>().ToArray().Chunk(256)]).Count(p => !p.First.SequenceEqual(p.Second)));
        Assert.Equal(48, Cut(all));
        Assert.InRange(Cut(half), 12, 36);
        Assert.All(plain.Zip(all), pair => Assert.All(pair.First.Zip(pair.Second), p => Assert.True(p.Second == p.First || p.Second == 0)));
        Assert.All(plain.Zip(all), pair => Assert.InRange(pair.First.Zip(pair.Second).Count(p => p.Second != p.First), 1, 64));
    }

    [Fact]
    public void L2_is_DARTS_second_order_with_another_weight_decay()
    {
        using var one = new OneStep("r-darts-l2");
        using var darts = new OneStep("darts", settings: [("order", 2), ("weightDecay", 27e-4)]);
        one.Step().Take();
        darts.Step().Take();
        Assert.Equal(darts.Weights(), one.Weights());
    }
}
