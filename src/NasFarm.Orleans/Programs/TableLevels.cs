using System.Globalization;
using NasFarm.Farm.Store;

namespace NasFarm.Orleans.Programs;

/// <summary>How far the tables of a database are, and how far this program needs them.</summary>
/// <param name="Farm">The farm's.</param>
/// <param name="Cluster">The cluster's.</param>
internal sealed record TableLevels(SchemaLevel Farm, SchemaLevel Cluster)
{
    /// <summary>Some are still to be made; those of a newer version are not.</summary>
    public bool AreBehind => Farm.Level < Farm.Known || Cluster.Level < Cluster.Known;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"the farm's tables have level {Farm.Level} of {Farm.Known}, the cluster's {Cluster.Level} of {Cluster.Known}");
}
