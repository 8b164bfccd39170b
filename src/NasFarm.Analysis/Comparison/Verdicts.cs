using System.Globalization;
using NasFarm.Catalog.Results;

namespace NasFarm.Analysis.Comparison;

/// <summary>The verdict: one decision, top to bottom. The first rule that applies speaks.</summary>
internal static class Verdicts
{
    public static Verdict Of(
        Tally declared, int valueless, Measure? main, IReadOnlyList<ArmReport> arms, IReadOnlyList<Contrast> contrasts, ComparisonSpec predeclared,
        SequentialReport? looks = null)
    {
        // 1. Runs are missing: whatever is left is a selection nobody declared.
        if (declared.Finished < declared.Declared || declared.Declared == 0)
        {
            return new(VerdictKind.Incomplete, $"{declared.Finished} of {declared.Declared}",
                $"{declared.Finished} of {declared.Declared} runs have a result ({declared}). No test and no verdict until every declared run has one.{Looks()}");
        }
        if (main is null) return new(VerdictKind.Undeclared, "no score", "No run was retrained and no table value is there: cells can be looked at, not compared.");
        if (valueless > 0)
        {
            return new(VerdictKind.Incomplete, $"{declared.Finished} of {declared.Declared}, values missing",
                $"All runs finished, but {valueless} value{(valueless == 1 ? " is" : "s are")} missing (see the notes). No test and no verdict.");
        }

        // 2. The question.
        if (arms.Select(a => a.NoneRule).Distinct().Count() > 1)
        {
            return new(VerdictKind.Refused, "mixed none rules",
                "Arms of one comparison must use one none rule: excluding none alone halves the spread of random cells on NAS-Bench-201.");
        }
        if (predeclared.PrimaryA is null || predeclared.PrimaryB is null)
            return new(VerdictKind.Undeclared, "no primary contrast", "The manifest declares no primary contrast, so every test here is exploratory and none is a verdict.");
        if (contrasts.FirstOrDefault(c => c.Primary) is not { } primary)
        {
            return new(VerdictKind.Undeclared, "primary contrast not there",
                $"{predeclared.PrimaryA} and {predeclared.PrimaryB} do not both have scores in one setting.");
        }

        // 3. What n allows.
        var level = looks?.Current.Level ?? predeclared.Alpha ?? ComparisonSpec.DefaultAlpha;
        int n = Math.Min(SampleSize.Seeds(Find(arms, primary.A).On(main.Id)!.Dots), SampleSize.Seeds(Find(arms, primary.B).On(main.Id)!.Dots));
        if (primary.Evidence == Evidence.Demonstration)
            return new(VerdictKind.Demonstration, SampleSize.Banner(n)!, $"{SampleSize.Limitation(n)} {SampleSize.Needed(level)}");
        if (primary.BrownForsythe is not { } test)
        {
            return new(VerdictKind.NoDifference, "nothing to test",
                $"{primary.A} and {primary.B} do not spread at all: every seed of an arm has the same score, so their SDs are both 0 and no test is defined.");
        }

        // 4. The predeclared test, never corrected, and everything it stands on. A look has its own level.
        var text = Sentence(primary, test, main) + Looks();
        if (test.P >= level && looks is { HasMore: true })
        {
            return new(VerdictKind.Incomplete, $"undecided after {looks.Current.Seeds} seeds",
                $"{text} That is not evidence of equal spread: the next seeds are added to every arm.");
        }
        if (primary.Evidence == Evidence.Indicative) return new(VerdictKind.Indicative, SampleSize.Banner(n)!, $"{text} {SampleSize.Limitation(n)} {SampleSize.Needed(level)}");
        if (test.P >= level)
            return new(VerdictKind.NoDifference, $"no difference in spread shown between {primary.A} and {primary.B}", $"{text} That is not evidence of equal spread.");
        double sdA = Find(arms, primary.A).On(main.Id)!.Sd!.Value, sdB = Find(arms, primary.B).On(main.Id)!.Sd!.Value;
        return sdA < sdB
            ? new(VerdictKind.MoreStable, $"{primary.A} varies less than {primary.B}", text)
            : new(VerdictKind.LessStable, $"{primary.A} varies more than {primary.B}", text);

        string Looks() => looks is null ? "" : $" {looks.Sentence}";

        string Sentence(Contrast contrast, PValue p, Measure measure)
        {
            ArmReport a = Find(arms, contrast.A), b = Find(arms, contrast.B);
            var spread = string.Create(CultureInfo.InvariantCulture,
                $"SD on {measure.Label}{(contrast.SdRatio is null ? $" over {n} seeds" : "")}: {contrast.A} {a.On(measure.Id)!.Sd:0.00}, {contrast.B} {b.On(measure.Id)!.Sd:0.00}");
            var ratio = contrast.SdRatio is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{contrast.A}'s spread over {n} seeds is {contrast.SdRatio:0.00} of {contrast.B}'s") +
                ((contrast.SdRatioBootstrap ?? contrast.SdRatioNormal) is { } i
                    ? string.Create(CultureInfo.InvariantCulture, $" (95 % CI {i.Lower:0.00}–{i.Upper:0.00}{(i.Assumes is null ? "" : ", assumes normal")})") : "") + "; ";
            var level = predeclared.Alpha is { } alpha ? $" (level {SequentialLooks.Level(alpha)})" : "";
            var finds = contrast.Evidence == Evidence.Tested && contrast.DetectableSdRatio is { } smallest
                ? string.Create(CultureInfo.InvariantCulture, $" With {n} seeds per arm a true SD ratio of {smallest:0.0} or more is found with 80 % power.") : "";
            return $"{ratio}{spread}; Brown–Forsythe p = {Numbers.P(p.P)}{level}. Structural collapse: {contrast.A} {a.Structural}, {contrast.B} {b.Structural}.{finds}";
        }
    }

    private static ArmReport Find(IReadOnlyList<ArmReport> arms, string label) => arms.First(a => a.Label == label);
}
