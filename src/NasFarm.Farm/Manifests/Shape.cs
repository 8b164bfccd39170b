using System.Globalization;
using NasFarm.Catalog.Methods;

namespace NasFarm.Farm.Manifests;

/// <summary>What may stand at one place of a manifest. The reader checks against it, the JSON Schema and the reference page are
/// written from it: one table, so that they cannot disagree.</summary>
/// <param name="Description">One sentence for the schema and the reference page.</param>
public abstract record Shape(string Description)
{
    /// <summary>The expectation inside an error message: <c>a whole number from 1 to 20</c>.</summary>
    public abstract string Wants { get; }
}

/// <summary>Text: one of <paramref name="Choices"/>, or anything that matches <paramref name="Pattern"/> (a regular expression for the
/// whole text).</summary>
/// <param name="What">What the choices are, for messages: <c>method</c>, <c>data set</c>.</param>
public sealed record TextShape(
    string Description, string What, IReadOnlyList<string>? Choices = null, string? Pattern = null, string? PatternSays = null)
    : Shape(Description)
{
    /// <inheritdoc/>
    public override string Wants => Choices is { } c ? $"one of {string.Join(", ", c)}" : $"{("aeiou".Contains(What[0]) ? "an" : "a")} "
        + $"{What}{(PatternSays is null ? "" : $": {PatternSays}")}";
}

/// <summary>An integer in a closed range.</summary>
public sealed record WholeShape(string Description, long Min, long Max) : Shape(Description)
{
    /// <inheritdoc/>
    public override string Wants => Max >= int.MaxValue
        ? string.Create(CultureInfo.InvariantCulture, $"a whole number, {Min} or more")
        : string.Create(CultureInfo.InvariantCulture, $"a whole number from {Min} to {Max}");
}

/// <summary>A number in an open range.</summary>
public sealed record NumberShape(string Description, double Above, double Below) : Shape(Description)
{
    /// <inheritdoc/>
    public override string Wants => string.Create(CultureInfo.InvariantCulture, $"a number above {Above} and below {Below}");
}

/// <summary><c>true</c> or <c>false</c>.</summary>
public sealed record FlagShape(string Description) : Shape(Description)
{
    /// <inheritdoc/>
    public override string Wants => "true or false";
}

/// <summary>A setting of a method or a recipe, as its catalog defines it.</summary>
public sealed record SettingShape(HyperparameterDefinition Definition) : Shape(Definition.Description)
{
    /// <inheritdoc/>
    public override string Wants => Definition.Legal;

    /// <summary>The value in the type of the definition, so that <c>1</c> and <c>1.0</c> are one number and one id; null when it is not
    /// legal.</summary>
    internal object? Value(YamlScalar scalar) => Definition.Accept(Definition.Type switch
    {
        HyperparameterType.Integer => scalar.Whole,
        HyperparameterType.Number => scalar.Number,
        HyperparameterType.Boolean => scalar.Flag,
        _ => scalar.Quoted || scalar is { IsNull: false, Whole: null, Number: null, Flag: null } ? scalar.Text : null,
    }).Value;
}

/// <summary>A list whose items all have one shape.</summary>
public sealed record ListShape(string Description, Shape Item, int Min, int Max) : Shape(Description)
{
    /// <inheritdoc/>
    public override string Wants => Min == Max ? $"a list of {Min}" : $"a list of {Min} to {Max}";
}

/// <summary>A mapping with known keys and no others.</summary>
public sealed record MapShape(string Description, params IReadOnlyList<Field> Fields) : Shape(Description)
{
    /// <inheritdoc/>
    public override string Wants => $"a mapping with {string.Join(", ", Fields.Select(f => f.Key))}";
}

/// <summary>A mapping whose keys depend on the name under <paramref name="Key"/>: the settings of a method, of a recipe.
/// <paramref name="Unnamed"/> is the shape when that key is left out; null: it must stand.</summary>
public sealed record NamedShape(
    string Description, string Key, string What, IReadOnlyDictionary<string, MapShape> ByName, MapShape? Unnamed = null)
    : Shape(Description)
{
    /// <inheritdoc/>
    public override string Wants => $"a mapping with {Key}";
}

/// <summary>Alternatives told apart by form: a scalar, a list, a mapping; at most one of each.</summary>
public sealed record EitherShape(string Description, params IReadOnlyList<Shape> Forms) : Shape(Description)
{
    /// <inheritdoc/>
    public override string Wants => string.Join(", or ", Forms.Select(f => f.Wants));

    /// <summary>The alternative a node has the form of; null when none.</summary>
    internal Shape? FormOf(YamlNode node) => Forms.FirstOrDefault(f => node switch
    {
        YamlMap => f is MapShape or NamedShape,
        YamlList => f is ListShape,
        _ => f is TextShape or WholeShape or NumberShape or FlagShape or SettingShape,
    });
}

/// <summary>A key of a mapping. <paramref name="Default"/> is what its absence means, as a value or, in words, as text in
/// parentheses.</summary>
public sealed record Field(string Key, Shape Shape, object? Default = null, bool Required = false);
