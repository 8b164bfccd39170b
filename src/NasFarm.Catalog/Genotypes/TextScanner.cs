using System.Globalization;

namespace NasFarm.Catalog.Genotypes;

/// <summary>Reads a genotype text from left to right, skipping blanks, and knows where it stands when something is wrong.</summary>
internal sealed class TextScanner(string text)
{
    private int position;

    /// <summary>Nothing but blanks is left.</summary>
    public bool AtEnd
    {
        get
        {
            SkipBlanks();
            return position == text.Length;
        }
    }

    /// <summary>The next characters are these.</summary>
    public bool LooksAt(string expected)
    {
        SkipBlanks();
        return string.CompareOrdinal(text, position, expected, 0, expected.Length) == 0;
    }

    /// <summary>Takes the next characters if they are these.</summary>
    public bool Take(string expected)
    {
        if (!LooksAt(expected))
            return false;
        position += expected.Length;
        return true;
    }

    /// <summary>Takes one of the expected texts and returns it, or fails.</summary>
    public string Require(params ReadOnlySpan<string> expected)
    {
        foreach (var candidate in expected)
            if (Take(candidate))
                return candidate;
        throw Wrong($"expected '{string.Join("' or '", expected!)}'");
    }

    /// <summary>Takes letters, digits and underscores.</summary>
    public string RequireWord(string what)
    {
        SkipBlanks();
        var start = position;
        while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] == '_'))
            position++;
        return position > start ? text[start..position] : throw Wrong($"expected {what}");
    }

    /// <summary>Takes a whole number without sign.</summary>
    public int RequireNumber(string what)
    {
        SkipBlanks();
        var start = position;
        while (position < text.Length && char.IsAsciiDigit(text[position]))
            position++;
        if (int.TryParse(text.AsSpan(start, position - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        position = start;
        throw Wrong($"expected {what}");
    }

    /// <summary>Takes the full name or abbreviation of an operation and returns the full name.</summary>
    public string RequireOperation()
    {
        SkipBlanks();
        var start = position;
        var word = RequireWord("an operation");
        if (Spaces.Operations.Expand(word) is { } name)
            return name;
        position = start;
        throw Wrong($"'{word}' is no operation");
    }

    /// <summary>The exception for what stands here.</summary>
    public GenotypeFormatException Wrong(string problem)
    {
        SkipBlanks();
        var rest = text[position..Math.Min(text.Length, position + 24)];
        var here = rest.Length == 0 ? "the end of the text" : $"'{rest}'";
        return new GenotypeFormatException($"Character {position + 1} of the genotype: {problem}, found {here}.");
    }

    private void SkipBlanks()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
            position++;
    }
}
