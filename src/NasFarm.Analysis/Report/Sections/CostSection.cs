using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Report.Figures;
using NasFarm.Analysis.Tables;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report.Sections;

/// <summary>What the scores cost.</summary>
internal static class CostSection
{
    public static IEnumerable<ReportFigure> Figures(IReadOnlyList<(int Index, Series Item)> arms, ComparisonReport report) =>
        report.Main is { } main && CostScatter.Draw(arms, main) is { } figure ? [figure] : [];

    public static XElement Of(IReadOnlyList<(int Index, Series Item)> arms, ComparisonReport report)
    {
        var figures = Figures(arms, report).ToList();
        return Section("cost", "Cost",
            figures.Count == 0 ? null : ReportFigure.Grid(figures),
            Table("Mean cost per finished run",
                ["arm", "runs", "grads w", "grads α", "grads Hessian", "forward only", "epochs trained", "kept", "search", "retraining", "undone by rollbacks", "lost to kills"],
                report.Arms.Select(a => (IReadOnlyList<object?>)
                [
                    a.Label, ArmText.Counted(a.Declared.Finished, a), Numbers.Count(a.Cost?.GradEvalsW), Numbers.Count(a.Cost?.GradEvalsAlpha), Numbers.Count(a.Cost?.GradEvalsHessian),
                    Numbers.Count(a.Cost?.ForwardEvals), Numbers.Count(a.Cost?.EpochsTrained), Numbers.Count(a.Cost?.EpochsKept), Numbers.Duration(a.Cost?.SearchSeconds), Numbers.Duration(a.Cost?.RetrainSeconds),
                    Numbers.Duration(a.Cost?.DiscardedSeconds), Numbers.Duration(a.Cost?.WastedSeconds),
                ]), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
            El("p", Class("soft"), $"Means over finished runs; times are device time. Forward only: minibatches that a search evaluated without a gradient, the validation of its epochs left out. budget.match: {report.Predeclared.BudgetMatch}."));
    }
}
