using System.Text.Json;
using System.Text.Json.Serialization;
using NasFarm.Catalog;

namespace NasFarm.Cli.Remote;

/// <summary>How answers are read: as the farm's JSON, and what a newer server adds is passed over.</summary>
internal static class WireJson
{
    /// <summary>Members that a record asks for must be there.</summary>
    public static JsonSerializerOptions Options { get; } = new(CatalogJson.Compact) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip, RespectRequiredConstructorParameters = false };
}
