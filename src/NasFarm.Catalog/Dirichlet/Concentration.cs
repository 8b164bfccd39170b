namespace NasFarm.Catalog.Dirichlet;

/// <summary>The concentrations of DrNAS: one per operation, c = elu(α) + 1, above 0 (spec/algorithms.md §20).</summary>
public static class Concentration
{
    /// <summary>α + 1 above 0, e^α below.</summary>
    public static double Of(double logit) => logit > 0 ? logit + 1 : Math.Exp(logit);

    /// <summary>dc/dα.</summary>
    public static double Slope(double logit) => logit > 0 ? 1 : Math.Exp(logit);

    /// <summary>Concentrations of a row.</summary>
    public static double[] Of(IReadOnlyList<double> logits) => [.. logits.Select(Of)];

    /// <summary>Mean of the distribution of a row: c / Σc.</summary>
    public static double[] Mean(IReadOnlyList<double> logits)
    {
        var concentrations = Of(logits);
        var sum = concentrations.Sum();
        return [.. concentrations.Select(c => c / sum)];
    }
}
