namespace NasFarm.Catalog.EarlyStopping;

/// <summary>The weight decay of DARTS-ADA (spec/algorithms.md §4.3): raised by a factor at every trigger, up to a cap; at the cap nothing
/// triggers any more. A function of how often it was raised, so rollbacks need no state but that number.</summary>
/// <param name="Start">Decay at the start; above 0.</param>
/// <param name="Factor">Above 1.</param>
/// <param name="Cap">Largest decay.</param>
public readonly record struct WeightDecayLadder(double Start, double Factor, double Cap)
{
    /// <summary>3e-4 · 10 · 10 is 0.03 but for rounding.</summary>
    private const double Rounding = 1e-9;

    /// <summary>Decay after so many raises.</summary>
    public double At(int raises) => raises > 0 && AtCap(raises) ? Cap : Start * Math.Pow(Factor, raises);

    /// <summary>A trigger after so many raises raises once more.</summary>
    public bool MayRaise(int raises) => Start > 0 && !AtCap(raises);

    /// <summary>Raises at most.</summary>
    public int MostRaises
    {
        get
        {
            var raises = 0;
            while (MayRaise(raises))
                raises++;
            return raises;
        }
    }

    private bool AtCap(int raises) => Start * Math.Pow(Factor, raises) >= Cap * (1 - Rounding);
}
