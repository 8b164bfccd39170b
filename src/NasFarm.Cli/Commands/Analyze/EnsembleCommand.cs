using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NasFarm.Analysis.Ensembles;
using NasFarm.Analysis.Statistics;
using NasFarm.Catalog;

namespace NasFarm.Cli.Commands.Analyze;

/// <summary><c>nasfarm analyze ensemble</c>: SAEP's pruning on predicted classes.</summary>
internal static class EnsembleCommand
{
    private static readonly string[] Methods = ["prs", "pap", "pie"];

    public static Command Create()
    {
        var file = new Option<string>("--predictions") { Description = "A row per image: column label, every other column a member's predicted class.", HelpName = "FILE", Required = true };
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
        var json = Options.Json();
        var command = new Command("ensemble", "Prune an ensemble by its members' predictions: accuracy and diversity before and after.") { file, method, seed, sign, keep, lambda, json };
        command.SetAction(parsed =>
        {
            var predictions = Predictions.Read(Tables.Read(parsed.GetRequiredValue(file)));
            var n = predictions.Members.Count;
            if (parsed.GetValue(keep) > n)
                throw new InputException($"--keep is {parsed.GetValue(keep)}; the ensemble has {n} members.");
            var random = new CounterRandom((ulong)parsed.GetValue(seed)!.Value);
            var asked = parsed.GetRequiredValue(method);
            var report = PruningReport.Of(predictions, Methods.Where(m => asked == "all" || asked == m).Select(m => PrunedEnsemble.Of(m, predictions, m switch
            {
                "prs" => EnsemblePruning.Prs(n, random),
                "pap" => EnsemblePruning.Pap(predictions, parsed.GetValue(sign) == "released" ? PapSign.Released : PapSign.Intent),
                _ => EnsemblePruning.Pie(predictions, random.Index(2, n), parsed.GetValue(keep), parsed.GetValue(lambda)),
            })).ToList());
            Console.Write(parsed.GetValue(json) ? JsonSerializer.Serialize(report, CatalogJson.Pretty) + "\n" : report.ToText());
            return ExitCodes.Done;
        });
        return command;
    }
}
