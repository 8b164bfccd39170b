using System.Globalization;
using NasFarm.Catalog.Units;

namespace NasFarm.Search.Tests.Phases;

/// <summary>A short search of each method gives these losses on every tensor backend, to a relative tolerance of 1e-3: NasFarm.Torch
/// and the TorchSharp package, libtorch 1.13 and others, run the same sources. The values are of NasFarm.Torch on libtorch 1.13; hashes
/// of trained bytes are never committed.</summary>
public sealed class BackendAgreementTests
{
    private const double Tolerance = 1e-3;

    private static readonly Dictionary<string, (UnitSpec Unit, double[] TrainLoss)> Searches = new()
    {
        ["darts"] = (TinySearch.Unit("darts", settings: [("epochs", 2)]), [2.317468007405599, 2.2618277867635093]),
        ["darts second order"] = (TinySearch.Unit("darts", settings: [("order", 2), ("epochs", 2)]), [2.308786233266195, 2.2226577599843345]),
        ["darts on sgas-es"] = (TinySearch.Unit("darts", "sgas-es", channels: 2, settings: [("epochs", 2), ("lambdaMax", false)]), [2.283564647038778, 2.216789960861206]),
        ["sgas"] = (TinySearch.Unit("sgas", settings: [("warmup", 0), ("interval", 1), ("postEpochs", 1)]), [2.3167316913604736, 2.2989049752553306]),
        ["sgas-es"] = (TinySearch.Unit("sgas-es", settings: [("phaseEpochs", 2), ("window", 1), ("delta", 1), ("postEpochs", 1)]), [2.3167452812194824, 2.2455480893452964]),
    };

    public static TheoryData<string> Names => [.. Searches.Keys];

    [Theory, MemberData(nameof(Names))]
    public void The_first_losses_agree_with_the_recorded_ones(string name)
    {
        var (unit, expected) = Searches[name];
        var losses = TinySearch.RunWhole(unit).Rows.Select(r => r.Split(' ')).Where(r => r[2] == "train_loss")
            .Select(r => double.Parse(r[3], CultureInfo.InvariantCulture)).Take(2).ToArray();
        Assert.True(
            losses.Length == expected.Length && losses.Zip(expected).All(p => Math.Abs(p.First - p.Second) <= Tolerance * p.Second),
            $"{name}: losses {string.Join(", ", losses.Select(l => l.ToString("R", CultureInfo.InvariantCulture)))}; recorded {string.Join(", ", expected)}");
    }
}
