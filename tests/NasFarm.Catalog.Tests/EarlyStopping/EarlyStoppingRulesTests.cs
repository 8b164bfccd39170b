using NasFarm.Catalog.EarlyStopping;

namespace NasFarm.Catalog.Tests.EarlyStopping;

public sealed class EarlyStoppingRulesTests
{
    [Fact]
    public void Every_rule_is_sound_and_found_by_its_name() => Assert.All(EarlyStoppingRules.All, rule =>
    {
        Assert.Empty(rule.Rule.Check());
        Assert.Same(rule, Assert.Single(EarlyStoppingRules.Parse(rule.Name)));
    });

    [Fact]
    public void All_means_every_rule_and_changes_apply_to_each()
    {
        Assert.Equal(EarlyStoppingRules.All, EarlyStoppingRules.Parse("all"));
        Assert.All(EarlyStoppingRules.Parse("all,factor=2"), rule => Assert.Equal(2, rule.Rule.Factor));
    }

    [Fact]
    public void Parts_change_the_rule_and_its_name()
    {
        var rule = Assert.Single(EarlyStoppingRules.Parse("darts-es, window=3, every = 1,delta=2,factor=1.2,start=0"));
        Assert.Equal(new EarlyStoppingRule(3, 1, 2, 1.2, 0), rule.Rule);
        Assert.Equal("darts-es,window=3,every = 1,delta=2,factor=1.2,start=0", rule.Name);
        Assert.True(rule.EveryIsGiven);
        Assert.False(Assert.Single(EarlyStoppingRules.Parse("darts-es,window=3")).EveryIsGiven);
    }

    [Theory]
    [InlineData("", "''", "sgas-es")]
    [InlineData("darts", "'darts'", "darts-es")]
    [InlineData("darts-es,windows=3", "'windows=3'", "window=NUMBER")]
    [InlineData("darts-es,window", "'window'", "window=NUMBER")]
    [InlineData("darts-es,window=0", "'0'", "from 1")]
    [InlineData("darts-es,delta=-1", "'-1'", "from 1")]
    [InlineData("darts-es,every=1.5", "'1.5'", "whole number")]
    [InlineData("darts-es,factor=1", "'1'", "above 1")]
    [InlineData("darts-es,factor=NaN", "'NaN'", "above 1")]
    [InlineData("darts-es,factor=1,3", "'1'", "above 1")]
    [InlineData("darts-es,start=3,start=4", "start", "twice")]
    public void What_cannot_be_is_refused_with_value_and_remedy(string text, params string[] said)
    {
        var wrong = Assert.Throws<ArgumentException>(() => EarlyStoppingRules.Parse(text));
        Assert.All(said, words => Assert.Contains(words, wrong.Message, StringComparison.Ordinal));
    }
}
