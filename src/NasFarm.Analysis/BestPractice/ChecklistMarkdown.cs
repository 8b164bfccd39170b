using System.Text;

namespace NasFarm.Analysis.BestPractice;

/// <summary>The checklist as a Markdown page.</summary>
public static class ChecklistMarkdown
{
    /// <summary>A table per section.</summary>
    public static string Render(string sweepName, IReadOnlyList<ChecklistItem> items)
    {
        var text = new StringBuilder($"# Best-practice checklist: {sweepName}\n\n");
        text.Append("After Lindauer and Hutter, \"Best Practices for Scientific Research on Neural Architecture Search\", JMLR 21(243), 2020; items in our words.\n");
        text.Append("Filled from the sweep's records: \"yes\" only where they show it, \"no\" where they do not.\n");
        foreach (var section in items.GroupBy(item => item.Section))
        {
            text.Append($"\n## {section.Key}\n\n| item | answer | evidence |\n|---|---|---|\n");
            foreach (var item in section)
                text.Append($"| {Cell(item.Question)} | {Word(item.Answer)} | {Cell(item.Evidence)} |\n");
        }
        return text.ToString();
    }

    private static string Word(ChecklistAnswer answer) => answer switch
    {
        ChecklistAnswer.Yes => "yes",
        ChecklistAnswer.No => "no",
        _ => "not applicable",
    };

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
