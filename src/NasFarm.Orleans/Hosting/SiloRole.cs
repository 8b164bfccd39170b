namespace NasFarm.Orleans.Hosting;

/// <summary>What a silo is for.</summary>
[Flags]
public enum SiloRole
{
    /// <summary>Nothing but grains.</summary>
    None = 0,

    /// <summary>Its slots execute units.</summary>
    Gpu = 1,

    /// <summary>Coordinates: keeps house, takes up sweeps that nobody does, ends the attempts of silos that are gone.</summary>
    Control = 2,

    /// <summary>Both.</summary>
    All = Gpu | Control,
}
