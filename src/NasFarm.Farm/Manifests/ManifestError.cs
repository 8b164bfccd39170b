namespace NasFarm.Farm.Manifests;

/// <summary>A place in a manifest: where an editor should jump, and the path a person would say.</summary>
/// <param name="Line">1-based line.</param>
/// <param name="Column">1-based column, in characters.</param>
/// <param name="Path">Keys and indices from the top, e.g. <c>spec.methods[1].hyperparameters.window</c>; empty for the document.</param>
public readonly record struct Place(int Line, int Column, string Path);

/// <summary>One thing that is wrong in a manifest: where, what stands there, what would be right.</summary>
public sealed record ManifestError(string File, Place Place, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Place.Path.Length == 0
        ? $"{File}:{Place.Line}:{Place.Column}: {Message}"
        : $"{File}:{Place.Line}:{Place.Column}: {Place.Path}: {Message}";
}

/// <summary>A manifest cannot be used. Carries every error found, in the order of the text; the message is one line each.</summary>
public sealed class ManifestException(IReadOnlyList<ManifestError> errors) : Exception(string.Join('\n', errors))
{
    /// <summary>At least one error, sorted by line and column.</summary>
    public IReadOnlyList<ManifestError> Errors { get; } = errors;
}

/// <summary>Collects errors while a manifest is read, so that a person repairs several at once.</summary>
internal sealed class ErrorList(string file)
{
    private readonly List<ManifestError> errors = [];

    public bool Any => errors.Count > 0;

    public void Add(Place place, string message) => errors.Add(new(file, place, message));

    /// <summary>Throws <see cref="ManifestException"/> when something was added.</summary>
    public void ThrowIfAny()
    {
        if (errors.Count > 0) throw new ManifestException([.. errors.OrderBy(e => (e.Place.Line, e.Place.Column)).Distinct()]);
    }
}
