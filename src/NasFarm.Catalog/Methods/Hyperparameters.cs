using System.Buffers;
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
    private static readonly Comparer<KeyValuePair<string, object>> ByName = Comparer<KeyValuePair<string, object>>.Create(
        (a, b) => string.CompareOrdinal(a.Key, b.Key));

    // Few, written once and read in their order: an array is smaller and quicker to make than a tree.
    private readonly KeyValuePair<string, object>[] values;

    /// <summary>Takes a copy. Throws <see cref="ArgumentException"/> on a value of another type, and on a name that comes twice.</summary>
    public Hyperparameters(IEnumerable<KeyValuePair<string, object>> settings)
    {
        values = [.. settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value switch
        {
            int i => (long)i,
            float f => (double)f,
            long or double or bool or string => setting.Value,
            _ => throw new ArgumentException($"Setting '{setting.Key}' is a {setting.Value?.GetType().Name ?? "null"}; it must be an integer, a number, a boolean or a string."),
        }))];
        Array.Sort(values, ByName);
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i].Key == values[i - 1].Key)
                throw new ArgumentException($"Setting '{values[i].Key}' is there twice.");
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
    public object this[string key] => TryGetValue(key, out var value)
        ? value
        : throw new KeyNotFoundException($"There is no setting '{key}'; there are: {string.Join(", ", Keys)}.");

    /// <inheritdoc/>
    public IEnumerable<string> Keys => values.Select(v => v.Key);

    /// <inheritdoc/>
    public IEnumerable<object> Values => values.Select(v => v.Value);

    /// <inheritdoc/>
    public int Count => values.Length;

    /// <inheritdoc/>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public bool TryGetValue(string key, out object value)
    {
        var place = Array.BinarySearch(values, new(key, ""), ByName);
        value = place >= 0 ? values[place].Value : null!;
        return place >= 0;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => values.AsEnumerable().GetEnumerator();

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
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException($"Settings are an object, not a {reader.TokenType}.");
        var settings = new List<KeyValuePair<string, object>>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            settings.Add(new(name, reader.TokenType switch
            {
                JsonTokenType.True => true,
                JsonTokenType.False => false,
                JsonTokenType.String => reader.GetString()!,
                JsonTokenType.Number when IsWhole(reader) => reader.GetInt64(),
                JsonTokenType.Number => (object)reader.GetDouble(),
                _ => throw new JsonException($"Setting '{name}' must be a number, a boolean or a string, not {reader.TokenType}."),
            }));
        }
        return new(settings);
    }

    private static bool IsWhole(Utf8JsonReader reader) =>
        (reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan).IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0;

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
