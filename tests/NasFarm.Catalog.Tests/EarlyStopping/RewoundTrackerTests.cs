using System.Text.Json;
using NasFarm.Catalog.EarlyStopping;

namespace NasFarm.Catalog.Tests.EarlyStopping;

/// <summary>A search that goes back and goes on (spec/algorithms.md §4.3).</summary>
public sealed class RewoundTrackerTests
{
    private static readonly EarlyStoppingRule Rule = new(Window: 3, Every: 1, Delta: 1, Factor: 1.3, EsStart: 0);

    [Fact]
    public void Measurements_of_abandoned_epochs_stay_in_the_window()
    {
        var (released, _) = Tracker(.1, .1, .4).GoBackTo(1).Add(2, .1);
        var (restored, _) = Tracker(.1, .1).Add(2, .1);
        Assert.Equal(.2, released.LocalAverages()[^1], 1e-12); // (.1 + .4 + .1) / 3
        Assert.Equal(.1, restored.LocalAverages()[^1], 1e-12);
    }

    [Fact]
    public void The_epoch_to_return_to_follows_the_rewound_epoch()
    {
        var (tracker, _) = Tracker(.1, .1, .1, .1, .1).GoBackTo(1).Add(2, .1);
        var (_, stop) = tracker.Add(3, 9);
        Assert.Equal((true, 3 - 2), (stop.Stop, stop.StopEpoch));
    }

    [Fact]
    public void After_the_epoch_it_went_back_to_epochs_must_grow_again()
    {
        var back = Tracker(.1, .1, .1).GoBackTo(1);
        Assert.Throws<ArgumentException>(() => back.Add(1, .1));
        Assert.Throws<ArgumentException>(() => back.Add(2, .1).Tracker.Add(2, .1));
    }

    [Fact]
    public void It_goes_through_a_checkpoint_and_one_that_never_went_back_is_written_as_before()
    {
        var back = Tracker(.1, .2).GoBackTo(0);
        Assert.Equal(back, JsonSerializer.Deserialize<LambdaMaxTracker>(JsonSerializer.Serialize(back, CatalogJson.Compact), CatalogJson.Compact));
        Assert.DoesNotContain("backAt", JsonSerializer.Serialize(Tracker(.1), CatalogJson.Compact), StringComparison.Ordinal);
    }

    private static LambdaMaxTracker Tracker(params double[] values)
    {
        var tracker = LambdaMaxTracker.Start(Rule, 0);
        foreach (var (epoch, value) in values.Index())
            (tracker, _) = tracker.Add(epoch, value);
        return tracker;
    }
}
