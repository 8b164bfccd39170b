using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Tests;

/// <summary>Properties over spaces and seeds. The sequence of cases is fixed, so a failure repeats.</summary>
internal static class Arbitrary
{
    /// <summary>100 cases, always the same ones.</summary>
    public static readonly Config Settings = Config.QuickThrowOnFailure
        .WithMaxTest(100)
        .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(20260101UL, 3UL), FSharpOption<int>.None)));

    /// <summary>Runs a property over all spaces and random generators.</summary>
    public static void ForEverySpace(Action<SearchSpace, Random> property) => ForEvery(SearchSpaces.All, property);

    /// <summary>Runs a property over some spaces and random generators.</summary>
    public static void ForEvery(IReadOnlyList<SearchSpace> spaces, Action<SearchSpace, Random> property)
    {
        var cases = from space in Gen.Elements(spaces.ToArray())
                    from seed in Gen.Choose(0, int.MaxValue - 1)
                    select (space, seed);
        Prop.ForAll(Arb.From(cases), c => property(c.space, new Random(c.seed))).Check(Settings);
    }

    /// <summary>Alphas of a cell type, standard normal times <paramref name="scale"/>.</summary>
    public static double[][] Alphas(SearchSpace space, Random random, double scale = 1) =>
        [.. space.RowLengths.Select(length => Enumerable.Range(0, length).Select(_ => scale * Normal(random)).ToArray())];

    /// <summary>Alphas of every cell type.</summary>
    public static double[][][] AllAlphas(SearchSpace space, Random random) => [.. space.CellTypes.Select(_ => Alphas(space, random))];

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
