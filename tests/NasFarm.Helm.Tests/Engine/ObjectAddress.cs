namespace NasFarm.Helm.Tests.Engine;

/// <summary>Which object, or which kind of objects, a request is about.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Namespace">The namespace; null: all of them.</param>
/// <param name="Name">Null: all of them.</param>
internal sealed record ObjectAddress(ApiKind Kind, string? Namespace, string? Name)
{
    public string Path => $"{(Kind.Group.Length == 0 ? "/api" : $"/apis/{Kind.Group}")}/{Kind.Version}{(Namespace is null ? "" : $"/namespaces/{Namespace}")}/{Kind.Plural}"
        + (Name is null ? "" : $"/{Name}");

    /// <summary>Null: the address is of another shape, or of a kind that the server does not know.</summary>
    public static ObjectAddress? Parse(string[] parts)
    {
        var (group, version, rest) = parts switch
        {
            ["api", var v, .. var r] => ("", v, r),
            ["apis", var g, var v, .. var r] => (g, v, r),
            _ => ("", "", []),
        };
        var (space, plural, name) = rest switch
        {
            ["namespaces", var s, var p] => (s, p, null),
            ["namespaces", var s, var p, var n] => (s, p, n),
            [var p] => (null, p, null),
            _ => (null, "", (string?)null),
        };
        return ApiKind.All.FirstOrDefault(k => k.Group == group && k.Version == version && k.Plural == plural) is { } kind ? new(kind, space, name) : null;
    }
}
