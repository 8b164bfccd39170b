using System.Text.Json;
using NasFarm.Catalog;
using Orleans.Storage;

namespace NasFarm.Orleans.Grains;

/// <summary>How grains' states stand in their storage: our JSON, without names of types, so that a silo of another build reads them. What it cannot read
/// counts as nothing kept: every state can be made again.</summary>
public sealed class StateJson : IGrainStorageSerializer
{
    /// <inheritdoc/>
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, CatalogJson.Compact));

    /// <inheritdoc/>
    public T Deserialize<T>(BinaryData input)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(input, CatalogJson.Compact) ?? Activator.CreateInstance<T>();
        }
        catch (JsonException)
        {
            return Activator.CreateInstance<T>();
        }
    }
}
