namespace NasFarm.Cli.Remote;

/// <summary>Where a server is: scheme, host, port, and the path before <c>/api</c> where it has one.</summary>
internal sealed record ServerAddress
{
    private ServerAddress(Uri root) => Root = root;

    /// <summary>Ends with a slash.</summary>
    public Uri Root { get; }

    /// <summary>What is sent there can be read on the way.</summary>
    public bool IsPlain => Root.Scheme == Uri.UriSchemeHttp && !Root.IsLoopback;

    /// <summary>Reads it. Throws <see cref="InputException"/>.</summary>
    /// <param name="text">What was given.</param>
    /// <param name="source">Where it was given.</param>
    public static ServerAddress Parse(string text, string source)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var given) || (given.Scheme != Uri.UriSchemeHttp && given.Scheme != Uri.UriSchemeHttps)
            || given.Query.Length > 0 || given.Fragment.Length > 0)
            throw new InputException($"{source} is '{text}'; it must be the address of a server, like https://farm.lab:8180.");
        // The text may hold a password: it is not repeated.
        if (given.UserInfo.Length > 0)
            throw new InputException($"{source} has a name or a password before its host; a server asks for a token: 'nasfarm login'.");
        return new(new Uri(given.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/"));
    }

    /// <summary>Why nothing is sent there.</summary>
    public InputException PlainRefusal() => new(
        $"{this} is plain http beyond this machine: whoever is on the way reads the token. Use https, or say that the way is safe: 'nasfarm login {this} --plain-http', or {Farms.FarmPlace.PlainHttpVariable}=1.");

    /// <summary>The one way to write it.</summary>
    public override string ToString() => Root.ToString().TrimEnd('/');
}
