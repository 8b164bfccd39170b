using System.Globalization;

namespace NasFarm.Farm.Manifests;

/// <summary>A YAML value with its place. Only what a manifest may contain: no tags, no anchors, no merge keys.</summary>
public abstract record YamlNode(Place Place)
{
    /// <summary>What it is, for messages: <c>the text "abc"</c>, <c>a list of 3</c>.</summary>
    public abstract string Says { get; }
}

/// <summary>A scalar as written. <paramref name="Quoted"/> scalars are text; plain ones are what the core schema of YAML 1.2
/// says.</summary>
public sealed record YamlScalar(Place Place, string Text, bool Quoted) : YamlNode(Place)
{
    private const NumberStyles NumberForm =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Nothing stands here (<c>key:</c>), or <c>null</c>.</summary>
    public bool IsNull => !Quoted && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>The integer written here, or null.</summary>
    public long? Whole => !Quoted && long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var v) ? v : null;

    /// <summary>The finite number written here, or null.</summary>
    public double? Number =>
        !Quoted && double.TryParse(Text, NumberForm, CultureInfo.InvariantCulture, out var v) && double.IsFinite(v) ? v : null;

    /// <summary>The boolean written here, or null.</summary>
    public bool? Flag => Quoted ? null : Text switch { "true" or "True" => true, "false" or "False" => false, _ => null };

    /// <inheritdoc/>
    public override string Says =>
        IsNull ? "nothing"
        : Flag is { } flag ? (flag ? "true" : "false")
        : Whole is not null || Number is not null ? $"the number {Short}"
        : $"the text '{Short}'";

    /// <summary>The text, cut to what a message can carry.</summary>
    public string Short => Text.Length <= 60 ? Text : Text[..57] + "...";
}

/// <summary>A list.</summary>
public sealed record YamlList(Place Place, IReadOnlyList<YamlNode> Items) : YamlNode(Place)
{
    /// <inheritdoc/>
    public override string Says => $"a list of {Items.Count}";
}

/// <summary>A mapping in the order of the text; keys are unique.</summary>
public sealed record YamlMap(Place Place, IReadOnlyList<YamlEntry> Entries) : YamlNode(Place)
{
    /// <summary>The value of a key, or null when absent or empty.</summary>
    public YamlNode? this[string key] =>
        Entries.FirstOrDefault(e => e.Key == key)?.Value is { } value and not YamlScalar { IsNull: true } ? value : null;

    /// <inheritdoc/>
    public override string Says => $"a mapping of {Entries.Count}";
}

/// <summary>One key and its value; <paramref name="KeyPlace"/> is where the key stands.</summary>
public sealed record YamlEntry(string Key, Place KeyPlace, YamlNode Value)
{
    /// <summary>The key, cut to what a message can carry.</summary>
    public string KeyText => Key.Length <= 60 ? Key : Key[..57] + "...";
}
