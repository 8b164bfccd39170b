using NasFarm.Catalog.Sgas;

namespace NasFarm.Catalog.Tests.Sgas;

/// <summary>spec/algorithms.md §21.3: five edges, five operations, none at index 0.</summary>
public sealed class EdgeScoresTests
{
    private static readonly double[][] Now =
        [[.5, .1, .2, 0, -.3], [0, .9, .1, -.2, .3], [-.4, .2, .25, .3, .15], [.2, -.1, 1.2, .4, -.6], [-1, .6, .5, .7, .4]];

    private static readonly double[][] First =
        [[.4, .1, .1, 0, -.2], [0, .2, .1, 0, .1], [-.3, .2, .25, .3, .15], [.2, -.1, .6, .4, -.6], [-.9, .6, .5, .7, .4]];

    private static readonly double[][] Second =
        [[.45, .1, .15, 0, -.25], [0, .5, .1, -.1, .2], [-.35, .2, .25, .3, .15], [.2, -.1, .9, .4, -.6], [-.95, .6, .5, .7, .4]];

    private static readonly SelectionHistory History = SelectionHistory.Empty(4).Append(First, 0).Append(Second, 0);

    [Fact]
    public void Criterion_1_gives_the_golden_scores()
    {
        var scores = EdgeScores.Of(Now, noneIndex: 0, criterion: 1, History);

        Close([.711566, .851486, .882140, .836863, .949910], scores.Importance);
        Close([.011456, .063073, .001126, .155336, .004489], scores.Certainty);
        Close([0, .587051, .715666, .525701, 1], EdgeScores.Normalize(scores.Importance));
        Close([.066987, .401709, 0, 1, .021811], EdgeScores.Normalize(scores.Certainty));
        Close([0, .235824, 0, .525701, .021811], scores.Score);
        Close([0, 0, 0, 0, 0], scores.Stability);
    }

    [Fact]
    public void Criterion_2_gives_the_golden_scores()
    {
        var scores = EdgeScores.Of(Now, noneIndex: 0, criterion: 2, History);

        Close([.980443, .877725, 1, .888724, 1], scores.Stability);
        Close([.840059, 0, 1, .089956, 1], EdgeScores.Normalize(scores.Stability));
        Close([0, 0, 0, .047290, .021811], scores.Score);
    }

    [Fact]
    public void Without_history_every_stability_and_so_every_score_of_criterion_2_is_zero() =>
        Close([0, 0, 0, 0, 0], EdgeScores.Of(Now, 0, criterion: 2, SelectionHistory.Empty(4)).Score);

    [Fact]
    public void Equal_values_normalise_to_zeros() => Close([0, 0, 0], EdgeScores.Normalize([.3, .3, .3]));

    [Fact]
    public void History_keeps_only_the_most_recent_epochs()
    {
        var two = SelectionHistory.Empty(2).Append(Now, 0).Append(First, 0).Append(Second, 0);

        Assert.Equal(2, two.Epochs.Count);
        Close(History.Stability(Now, 0), two.Stability(Now, 0));
    }

    [Fact]
    public void A_third_criterion_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => EdgeScores.Of(Now, 0, criterion: 3, History));

    private static void Close(IReadOnlyList<double> expected, IReadOnlyList<double> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
            Assert.Equal(expected[i], actual[i], 1e-6);
    }
}
