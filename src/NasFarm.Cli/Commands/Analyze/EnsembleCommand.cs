using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NasFarm.Analysis.Ensembles;
using NasFarm.Analysis.Statistics;
using NasFarm.Catalog;

namespace NasFarm.Cli.Commands.Analyze;

/// <summary><c>nasfarm analyze ensemble</c>: SAEP's pruning on predicted classes, of a sweep's retrained networks or of a table.</summary>
internal static class EnsembleCommand
{
    private static readonly string[] Methods = ["prs", "pap", "pie"];

    public static Command Create()
    {
        var sweep = Options.Sweep();
        var file = new Option<string?>("--predictions") { Description = "A table instead of a sweep: a row per image, column label, every other column a member's predicted class.", HelpName = "FILE" };
        var arm = new Option<string?>("--arm") { Description = "Only the networks of this arm. Default: an ensemble for each.", HelpName = "ARM" };
        var device = new Option<string>("--device") { Description = "Where the networks predict. Default: cpu.", DefaultValueFactory = _ => "cpu" };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        var method = new Option<string>("--method") { Description = "prs: at random; pap: who is missed stays; pie: by shared information. Default: all three.", DefaultValueFactory = _ => "all" };
        method.AcceptOnlyFromAmong([.. Methods, "all"]);
        var seed = Counts.Option("--seed", "Seed of what is drawn: PRS's member, PIE's first one.", 0, least: 0);
        var sign = new Option<string>("--sign") { Description = "PAP: intent keeps a member whose removal raises the error, released (the authors' code) one whose removal lowers it.", DefaultValueFactory = _ => "intent" };
        sign.AcceptOnlyFromAmong("intent", "released");
        var keep = Counts.Option("--keep", "PIE: members that stay. Default: all but one.", null, least: 1);
        var lambda = new Option<double>("--lambda")
        {
            Description = "PIE: weight of diversity against accuracy, 0 to 1.",
            DefaultValueFactory = _ => 0.5,
            CustomParser = given =>
            {
                var text = given.Tokens[0].Value;
                if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 1) return number;
                given.AddError($"--lambda is '{text}'; it must be a number from 0 to 1.");
                return 0;
            },
        };
        var (home, at, data, json) = (Options.Home(), Options.Store(), Options.Data(), Options.Json());
        var command = new Command("ensemble", "Prune an ensemble, the retrained networks of a sweep's seeds or a table, by its members' predictions: accuracy and diversity before and after.")
        {
            sweep, arm, file, method, seed, sign, keep, lambda, device, home, at, data, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(file) is { } table)
            {
                if (parsed.GetValue(sweep) is { } both)
                    throw new InputException($"--predictions and the sweep '{both}' are two sources; give one.");
                var report = Pruned(Predictions.Read(Tables.Read(table)), parsed);
                Console.Write(parsed.GetValue(json) ? JsonSerializer.Serialize(report, CatalogJson.Pretty) + "\n" : report.ToText());
                return ExitCodes.Done;
            }

            var farm = FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at));
            await using var store = await farm.OpenAsync(create: false, cancel);
            await using var artifacts = FarmArtifacts.Open(farm, ProcessName.Current);
            var summary = await FarmHome.FindSweepAsync(store, parsed.GetValue(sweep), cancel);
            var ensembles = await RetrainedEnsembles.OfSweepAsync(
                store, artifacts, summary, parsed.GetValue(arm), TrainerSettings.FromEnvironment(parsed.GetValue(data)), new(parsed.GetRequiredValue(device)), cancel);
            var reports = ensembles.Select(e => (Ensemble: e, Report: Pruned(e.Predictions, parsed))).ToList();
            Console.Write(parsed.GetValue(json)
                ? JsonSerializer.Serialize(
                    reports.Select(r => new { r.Ensemble.Arm, r.Ensemble.Space, r.Ensemble.SearchData, r.Ensemble.Data, r.Ensemble.Recipe, r.Ensemble.Diverged, r.Report }),
                    CatalogJson.Pretty) + "\n"
                : string.Join('\n', reports.Select(r => Heading(r.Ensemble) + r.Report.ToText())));
            return ExitCodes.Done;
        });
        return command;

        PruningReport Pruned(Predictions predictions, ParseResult parsed)
        {
            var n = predictions.Members.Count;
            if (parsed.GetValue(keep) > n)
                throw new InputException($"--keep is {parsed.GetValue(keep)}; the ensemble has {n} members.");
            var random = new CounterRandom((ulong)parsed.GetValue(seed)!.Value);
            var asked = parsed.GetRequiredValue(method);
            return PruningReport.Of(predictions, Methods.Where(m => asked == "all" || asked == m).Select(m => PrunedEnsemble.Of(m, predictions, m switch
            {
                "prs" => EnsemblePruning.Prs(n, random),
                "pap" => EnsemblePruning.Pap(predictions, parsed.GetValue(sign) == "released" ? PapSign.Released : PapSign.Intent),
                _ => EnsemblePruning.Pie(predictions, random.Index(2, n), parsed.GetValue(keep), parsed.GetValue(lambda)),
            })).ToList());
        }
    }

    private static string Heading(RetrainedEnsemble e) =>
        $"{e.Arm}: {e.SearchData} → {e.Data} ({e.Recipe}), cells of {e.Space}{(e.Diverged.Count == 0 ? "" : $"; diverged and left out: {string.Join(", ", e.Diverged)}")}\n";
}
