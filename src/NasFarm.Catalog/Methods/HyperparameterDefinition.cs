using System.Globalization;

namespace NasFarm.Catalog.Methods;

/// <summary>Type of a setting's value.</summary>
public enum HyperparameterType
{
    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number; whole numbers are accepted and stored as numbers.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A word of a list, or free text where the list is empty.</summary>
    Text,
}

/// <summary>One setting: type, default, legal range, meaning, and where the value comes from.</summary>
public sealed record HyperparameterDefinition
{
    /// <summary>Name in manifests, camelCase.</summary>
    public required string Name { get; init; }

    /// <summary>Type of the value.</summary>
    public required HyperparameterType Type { get; init; }

    /// <summary>Default where the space has no default of its own: long, double, bool or string.</summary>
    public required object Default { get; init; }

    /// <summary>Defaults of single spaces, by space name, where they differ from <see cref="Default"/>.</summary>
    public IReadOnlyDictionary<string, object> SpaceDefaults
    {
        get => field.Where(own => !own.Value.Equals(Default)).ToDictionary(own => own.Key, own => own.Value);
        init;
    } = new Dictionary<string, object>();

    /// <summary>Smallest legal number.</summary>
    public double? Minimum { get; init; }

    /// <summary><see cref="Minimum"/> itself is not legal.</summary>
    public bool AboveMinimum { get; init; }

    /// <summary>Largest legal number.</summary>
    public double? Maximum { get; init; }

    /// <summary>Legal texts; empty: any.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>Unit, e.g. <c>epochs</c>; null for pure numbers.</summary>
    public string? Unit { get; init; }

    /// <summary>One sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Where the default stands.</summary>
    public required string Source { get; init; }

    /// <summary>The default in a space; null asks for the general one.</summary>
    public object DefaultFor(string? spaceName) =>
        spaceName is not null && SpaceDefaults.TryGetValue(spaceName, out var own) ? own : Default;

    /// <summary>The same setting with another default in one space.</summary>
    public HyperparameterDefinition In(string spaceName, object value) =>
        this with { SpaceDefaults = new Dictionary<string, object>(SpaceDefaults) { [spaceName] = value } };

    /// <summary>What is legal, as words: <c>an integer from 1 to 2</c>.</summary>
    public string Legal
    {
        get
        {
            var from = Minimum is { } min ? $"{(AboveMinimum ? " above" : " from")} {Text(min)}" : "";
            var to = Maximum is { } max and < int.MaxValue ? $" {(Minimum is null ? "up " : "")}to {Text(max)}"
                : Minimum is null || AboveMinimum ? "" : " up";
            return Type switch
            {
                HyperparameterType.Integer => $"an integer{from}{to}",
                HyperparameterType.Number => $"a number{from}{to}",
                HyperparameterType.Boolean => "true or false",
                _ => Allowed.Count > 0 ? $"one of {string.Join(", ", Allowed)}" : "a text",
            };
        }
    }

    /// <summary>The value in its stored type (long, double, bool, string), or a sentence that names value and legal range.</summary>
    public (object? Value, string? Problem) Accept(object? given)
    {
        object? value = (Type, given) switch
        {
            (HyperparameterType.Integer, long or int or short or byte) => Convert.ToInt64(given, CultureInfo.InvariantCulture),
            (HyperparameterType.Number, long or int or short or byte or float or double or decimal) =>
                Convert.ToDouble(given, CultureInfo.InvariantCulture) + 0.0, // −0 becomes 0: one value, one id
            (HyperparameterType.Boolean, bool) => given,
            (HyperparameterType.Text, string text) when Allowed.Count == 0 || Allowed.Contains(text) => text,
            _ => null,
        };
        var legal = value is not null && value switch
        {
            long whole => InRange(whole),
            double number => double.IsFinite(number) && InRange(number),
            _ => true,
        };
        return legal ? (value, null) : (null, $"{Name} is {Shown(given)}; it must be {Legal}.");
    }

    private bool InRange(double number) =>
        (Minimum is not { } min || (AboveMinimum ? number > min : number >= min)) && (Maximum is not { } max || number <= max);

    private static string Shown(object? given) => given switch
    {
        null => "empty",
        string text => $"'{text}'",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"a {given.GetType().Name}",
    };

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
