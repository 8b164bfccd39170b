using NasFarm.Analysis.Csv;
using NasFarm.Analysis.Ensembles;
using NasFarm.Analysis.Statistics;

namespace NasFarm.Analysis.Tests.Ensembles;

/// <summary>Three members on four images, small enough to count by hand: the labels are 0 0 1 1; a is right everywhere, b misses the third
/// image, c the first.</summary>
public sealed class EnsemblePruningTests
{
    private static readonly Predictions Three = new(["a", "b", "c"], [0, 0, 1, 1], [[0, 0, 1, 1], [0, 0, 0, 1], [1, 0, 1, 1]]);

    [Fact]
    public void Votes_accuracy_and_disagreement_are_counted()
    {
        Assert.Equal([1, .75, .75], Enumerable.Range(0, 3).Select(Three.Accuracy));
        Assert.Equal(1, Three.Accuracy([0, 1, 2]));
        Assert.Equal(.75, Three.Accuracy([1, 2]));                   // one vote each on the first and third image: class 0 wins both
        Assert.Equal(.5, Three.Disagreement(1, 2));
        Assert.Equal((.25 + .25 + .5) / 3, Three.Diversity([0, 1, 2]));
        Assert.Null(Three.Diversity([1]));
    }

    [Fact]
    public void Information_is_what_entropies_give_by_hand()
    {
        // H(y) = ln 2; H(b) = ln 4 − ¾ ln 3 = .562335; H(b, y) = 1.5 ln 2 = 1.039721; I = .215761.
        var (y, b, c) = (Three.Labels, Three.Members[1], Three.Members[2]);
        Assert.Equal(1, Information.Normalised(y, y), 1e-12);
        Assert.Equal(0, Information.Variation(y, y), 1e-12);
        Assert.Equal(0.345592, Information.Normalised(b, y), 1e-6);
        Assert.Equal(0.792481, Information.Variation(b, y), 1e-6);
        Assert.Equal(0.918296, Information.Variation(b, c), 1e-6);
        Assert.Equal(0.732639, Information.Tdac(Three.Members[0], b, y, 0.5), 1e-6);
        Assert.Equal(0.631944, Information.Tdac(b, c, y, 0.5), 1e-6);
        Assert.Equal(0.918296, Information.Tdac(b, c, y, 1), 1e-6);
        Assert.Equal(0.345592, Information.Tdac(b, c, y, 0), 1e-6);
    }

    [Fact]
    public void A_constant_member_shares_no_information()
    {
        Assert.Equal(0, Information.Normalised([1, 1, 1], [0, 1, 2]));
        Assert.Equal(1, Information.Variation([1, 1, 1], [0, 1, 2]), 1e-12);
        Assert.Equal(0, Information.Variation([1, 1], [0, 0]));
        Assert.Throws<ArgumentException>(() => Information.Variation([1, 1], [0]));
    }

    [Fact]
    public void Pap_keeps_whose_removal_hurts()
    {
        // Without a or without c a tie goes to the wrong class; without b nothing changes.
        Assert.Equal([0, 2], EnsemblePruning.Pap(Three));
    }

    [Fact]
    public void Pap_with_the_released_sign_finds_nobody_here_and_falls_back_to_the_two_best() =>
        Assert.Equal([0, 1], EnsemblePruning.Pap(Three, PapSign.Released));

    [Fact]
    public void Pap_with_the_released_sign_keeps_the_member_that_does_harm()
    {
        // x is right on both images, y and z are wrong on the first and outvote it: without either the tie goes to class 0, which is right.
        var harmed = new Predictions(["x", "y", "z"], [0, 1], [[0, 1], [1, 1], [1, 1]]);
        Assert.Equal([0, 1], EnsemblePruning.Pap(harmed));                       // nobody is missed: the two best
        Assert.Equal([1, 2], EnsemblePruning.Pap(harmed, PapSign.Released));
    }

    [Fact]
    public void Pie_takes_the_partner_with_the_largest_tdac()
    {
        Assert.Equal([0, 1], EnsemblePruning.Pie(Three, first: 1));              // TDAC(b, a) = .733 over TDAC(b, c) = .632
        Assert.Equal([0, 2], EnsemblePruning.Pie(Three, first: 2));
        Assert.Equal([0, 1], EnsemblePruning.Pie(Three, first: 0));              // equal: the first
        Assert.Equal([1, 2], EnsemblePruning.Pie(Three, first: 1, lambda: 1));   // diversity alone
        Assert.Equal([2], EnsemblePruning.Pie(Three, first: 2, keep: 1));
        Assert.Equal([0, 1, 2], EnsemblePruning.Pie(Three, first: 2, keep: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => EnsemblePruning.Pie(Three, first: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => EnsemblePruning.Pie(Three, first: 0, keep: 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => EnsemblePruning.Pie(Three, first: 0, keep: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => EnsemblePruning.Pie(Three, first: 0, lambda: double.NaN));
    }

    [Fact]
    public void Prs_drops_one_member_half_of_the_time_and_none_of_two()
    {
        var sizes = Enumerable.Range(0, 2000).Select(seed => EnsemblePruning.Prs(5, new CounterRandom((ulong)seed))).ToList();
        Assert.All(sizes, kept => Assert.InRange(kept.Count, 4, 5));
        Assert.InRange(sizes.Count(kept => kept.Count == 4), 900, 1100);
        Assert.All(Enumerable.Range(0, 5), m => Assert.InRange(sizes.Count(kept => !kept.Contains(m)), 140, 260));
        Assert.All(Enumerable.Range(0, 50), seed => Assert.Equal([0, 1], EnsemblePruning.Prs(2, new CounterRandom((ulong)seed))));
    }

    [Fact]
    public void Every_way_keeps_members_that_exist_and_at_least_one() => Assert.All(Enumerable.Range(0, 100), seed =>
    {
        var random = new CounterRandom((ulong)seed);
        ulong at = 10;
        int n = 1 + random.Index(at++, 6), classes = 2 + random.Index(at++, 3);
        int[] Draw() => [.. Enumerable.Range(0, 12).Select(_ => random.Index(at++, classes))];
        var predictions = new Predictions([.. Enumerable.Range(0, n).Select(i => $"m{i}")], Draw(), [.. Enumerable.Range(0, n).Select(_ => Draw())]);
        foreach (var kept in new[] { EnsemblePruning.Prs(n, random), EnsemblePruning.Pap(predictions), EnsemblePruning.Pap(predictions, PapSign.Released), EnsemblePruning.Pie(predictions, n - 1) })
        {
            Assert.NotEmpty(kept);
            Assert.Equal(kept.Distinct().Order(), kept);
            Assert.All(kept, m => Assert.InRange(m, 0, n - 1));
            Assert.InRange(predictions.Diversity(kept) ?? 0, 0, 1);
        }
    });

    [Fact]
    public void A_table_of_words_or_numbers_is_read_and_reported()
    {
        var read = Predictions.Read(CsvFile.Parse("image,label,a,b,c\n7,cat,cat,cat,dog\n8,cat,cat,cat,cat\n9,dog,dog,cat,dog\n10,dog,dog,dog,dog\n", "p.csv"));
        Assert.Equal(["a", "b", "c"], read.Names);
        Assert.Equal([0, 2], EnsemblePruning.Pap(read));
        var numbers = Predictions.Read(CsvFile.Parse("label,a,b\n10,10,9\n9,10,9\n", "p.csv"));
        Assert.Equal(.5, numbers.Accuracy([0, 1]));                              // 9 comes before 10: ties go to 9

        var report = PruningReport.Of(read, [PrunedEnsemble.Of("pap", read, [0, 2])]);
        Assert.Equal((100.0, .25), (report.Ensembles[1].Accuracy, report.Ensembles[1].Diversity!.Value));
        Assert.Matches("all +3 +100\\.00 +0\\.3333", report.ToText());
        Assert.Contains("pap keeps a, c\n", report.ToText(), StringComparison.Ordinal);
        Assert.Contains("b 75.00", report.ToText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b\n0,1\n", "p.csv:1:", "no column 'label'")]
    [InlineData("label,image\n0,1\n", "p.csv:1:", "no member")]
    [InlineData("label,a\n0,\n", "p.csv:2:", "a is empty")]
    [InlineData("label,a\n,1\n", "p.csv:2:", "label is empty")]
    [InlineData("label,a,a\n0,0,1\n", "p.csv:1:", "'a' stands twice")]
    public void A_table_without_predictions_is_refused_with_its_line(string text, params string[] said)
    {
        var wrong = Assert.Throws<InvalidDataException>(() => Predictions.Read(CsvFile.Parse(text, "p.csv")));
        Assert.All(said, words => Assert.Contains(words, wrong.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Predictions_of_unequal_length_are_refused_by_name()
    {
        Assert.Contains("b has 1", Assert.Throws<ArgumentException>(() => new Predictions(["a", "b"], [0, 1], [[0, 1], [0]])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Predictions([], [0], []));
        Assert.Throws<ArgumentException>(() => new Predictions(["a"], [0], [[-1]]));
    }
}
