using System.Globalization;

namespace NasFarm.Farm.Control;

/// <summary>What a command is about. Its text is what a person may type to mean the same again.</summary>
public abstract record Target
{
    private Target() { }

    /// <summary>A sweep with all its runs, those to come included.</summary>
    public sealed record Sweep(string SweepId) : Target
    {
        /// <inheritdoc/>
        public override string ToString() => SweepId;
    }

    /// <summary>All arms of one seed of a sweep.</summary>
    public sealed record Cohort(string SweepId, long Seed) : Target
    {
        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{SweepId}/seed={Seed}");
    }

    /// <summary>A run as far as one sweep wants it.</summary>
    public sealed record SweepRun(string SweepId, string RunId) : Target
    {
        /// <inheritdoc/>
        public override string ToString() => $"{SweepId}/{RunId}";
    }

    /// <summary>A run in all its sweeps.</summary>
    public sealed record Run(string RunId) : Target
    {
        /// <inheritdoc/>
        public override string ToString() => RunId;
    }

    /// <summary>One search phase or retrain job. Only failed ones are commanded by themselves: to be tried again.</summary>
    public sealed record Unit(string UnitId, string RunId) : Target
    {
        /// <inheritdoc/>
        public override string ToString() => UnitId;
    }
}
