using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NasFarm.Catalog.Methods;

/// <summary>Resolved settings by name: every value written out, ordered by name (ordinal), so that the same settings always
/// give the same bytes. Values are <see cref="long"/>, <see cref="double"/>, <see cref="bool"/> or <see cref="string"/>.</summary>
[JsonConverter(typeof(HyperparametersConverter))]
public sealed class Hyperparameters : IReadOnlyDictionary<string, object>, IEquatable<Hyperparameters>
{
    private readonly SortedDictionary<string, object> values;

    /// <summary>Takes a copy. Throws <see cref="ArgumentException"/> on a value of another type.</summary>
    public Hyperparameters(IEnumerable<KeyValuePair<string, object>> settings)
    {
        values = new(StringComparer.Ordinal);
        foreach (var (name, value) in settings)
        {
            values.Add(name, value switch
            {
                int i => (long)i,
                float f => (double)f,
                long or double or bool or string => value,
                _ => throw new ArgumentException($"Setting '{name}' is a {value?.GetType().Name ?? "null"}; it must be an integer, a number, a boolean or a string."),
            });
        }
    }

    /// <summary>No settings.</summary>
    public static Hyperparameters Empty { get; } = new([]);

    /// <summary>An integer setting. Throws <see cref="KeyNotFoundException"/> when absent, <see cref="InvalidCastException"/> on another type.</summary>
    public int Int(string name) => checked((int)Get<long>(name));

    /// <summary>A number; integers are accepted.</summary>
    public double Double(string name) => this[name] is long whole ? whole : Get<double>(name);

    /// <summary>A boolean setting.</summary>
    public bool Bool(string name) => Get<bool>(name);

    /// <summary>A boolean setting that is there, and true.</summary>
    public bool IsOn(string name) => ContainsKey(name) && Bool(name);

    /// <summary>A text setting.</summary>
    public string Text(string name) => Get<string>(name);

    /// <summary>The same settings with one replaced or added.</summary>
    public Hyperparameters With(string name, object value) =>
        new(values.Where(v => v.Key != name).Append(new(name, value)));

    /// <inheritdoc/>
    public object this[string key] => values.TryGetValue(key, out var value)
        ? value
        : throw new KeyNotFoundException($"There is no setting '{key}'; there are: {string.Join(", ", values.Keys)}.");

    /// <inheritdoc/>
    public IEnumerable<string> Keys => values.Keys;

    /// <inheritdoc/>
    public IEnumerable<object> Values => values.Values;

    /// <inheritdoc/>
    public int Count => values.Count;

    /// <inheritdoc/>
    public bool ContainsKey(string key) => values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, out object value) => values.TryGetValue(key, out value!);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(Hyperparameters? other) => other is not null && values.SequenceEqual(other.values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Hyperparameters);

    /// <inheritdoc/>
    public override int GetHashCode() => values.Aggregate(17, (hash, v) => HashCode.Combine(hash, v.Key, v.Value));

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(", ", values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Key} {v.Value}")));

    private T Get<T>(string name) => this[name] is T value
        ? value
        : throw new InvalidCastException($"Setting '{name}' is {this[name]} ({this[name].GetType().Name}), not a {typeof(T).Name}.");
}

/// <summary>JSON object in name order; a number without point or exponent is an integer, and a double always carries one.</summary>
public sealed class HyperparametersConverter : JsonConverter<Hyperparameters>
{
    /// <inheritdoc/>
    public override Hyperparameters Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return new(document.RootElement.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String => p.Value.GetString()!,
            JsonValueKind.Number when p.Value.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') < 0 => p.Value.GetInt64(),
            JsonValueKind.Number => (object)p.Value.GetDouble(),
            _ => throw new JsonException($"Setting '{p.Name}' must be a number, a boolean or a string, not {p.Value.ValueKind}."),
        })));
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Hyperparameters value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, setting) in value)
        {
            writer.WritePropertyName(name);
            switch (setting)
            {
                case long whole: writer.WriteNumberValue(whole); break;
                case bool flag: writer.WriteBooleanValue(flag); break;
                case string text: writer.WriteStringValue(text); break;
                case double number:
                    var digits = number.ToString("R", CultureInfo.InvariantCulture);
                    writer.WriteRawValue(digits.AsSpan().IndexOfAny('.', 'E') < 0 ? digits + ".0" : digits);
                    break;
            }
        }
        writer.WriteEndObject();
    }
}
