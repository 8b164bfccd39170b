using System.Xml.Linq;
using NasFarm.Server.Access;
using NasFarm.Server.Pages.Frame;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Sweep;

/// <summary>What an operator may ask of a sweep, as forms. Giving it up is asked for twice.</summary>
internal static class SweepControls
{
    /// <summary>Those that make sense now.</summary>
    public static XElement? Buttons(ListedSweep listed, Surroundings around, string operation)
    {
        var (state, counts) = (listed.State, listed.Sweep.Counts);
        XElement?[] buttons =
        [
            counts.Open > 0 && state is not SweepState.Paused ? Button("pause", "Pause") : null,
            state is SweepState.Paused ? Button("resume", "Resume") : null,
            counts.Failed > 0 ? Button("retry", $"Retry {Wording.Count(counts.Failed, "failed run")}") : null,
            counts.Open > 0 ? El("a", Class("button"), At("href", $"{Path(listed)}/cancel"), "Cancel …") : null,
        ];
        return buttons.OfType<XElement>().ToList() is { Count: > 0 } some ? El("div", Class("controls"), At("role", "group"), At("aria-label", "Controls"), some) : null;

        XElement Button(string verb, string words) => Layout.Form(around, $"{Path(listed)}/{verb}", Operation(operation), El("button", At("type", "submit"), words));
    }

    /// <summary>The question before a sweep is given up.</summary>
    public static PageContent Confirm(ListedSweep listed, Surroundings around, string operation) => new($"Cancel {listed.Sweep.Name}?",
        El("h1", $"Cancel {listed.Sweep.Name}?"),
        El("p", $"{Wording.Count(listed.Sweep.Counts.Open, "run")} of {Wording.Count(listed.Sweep.Counts.Declared)} are not over. What runs is ended without a checkpoint; results that are there stay. " +
            "Runs that another live sweep wants go on. Submitting the manifest again takes the sweep up again."),
        El("div", Class("controls"),
            Layout.Form(around, $"{Path(listed)}/cancel", Operation(operation), El("button", Class("danger"), At("type", "submit"), "Cancel the sweep")),
            El("a", Class("button"), At("href", Path(listed)), "Keep it")));

    private static XElement Operation(string id) => El("input", At("type", "hidden"), At("name", "operation"), At("value", id));

    private static string Path(ListedSweep listed) => $"/sweeps/{Uri.EscapeDataString(listed.Sweep.SweepId)}";
}
