using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace NasFarm.Server.Auth;

/// <summary>A token as people carry it: <c>nf_</c>, its public id, <c>_</c>, 256 random bits. Only the hash of those is ever kept.</summary>
/// <param name="Id">Sixteen hexadecimal digits.</param>
/// <param name="Secret">43 characters of base64url.</param>
public sealed record TokenText(string Id, string Secret)
{
    /// <summary>What every token begins with: searchable, should one be published by accident.</summary>
    public const string Prefix = "nf_";

    private const int IdBytes = 8, SecretBytes = 32, LongestText = 200, LeastSecret = 43;

    /// <summary>A new one. Its bits come from the operating system: this randomness must not be repeatable.</summary>
    public static TokenText Create() =>
        new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>Reads what <see cref="Reveal"/> wrote. Null: it is no token.</summary>
    public static TokenText? Parse(string text) =>
        text.Length <= LongestText && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text.IndexOf('_', Prefix.Length) is var end && end > Prefix.Length && end < text.Length - 1
            ? new(text[Prefix.Length..end], text[(end + 1)..]) : null;

    /// <summary>As long as those that <see cref="Create"/> makes: nobody guesses it.</summary>
    public bool IsStrong => Id.Length >= 2 * IdBytes && Id.All(char.IsAsciiLetterOrDigit) && Secret.Length >= LeastSecret
        && Secret.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>SHA-256 of the secret, lower-case hex.</summary>
    public string SecretHash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));

    /// <summary>Is that the hash of this secret? Takes as long whatever the answer is.</summary>
    public bool Fits(string hash) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(SecretHash), Encoding.ASCII.GetBytes(hash));

    /// <summary>The whole token, for the one moment in which its owner sees it.</summary>
    public string Reveal() => $"{Prefix}{Id}_{Secret}";

    /// <summary>Without the secret: a token that gets into a log by mistake tells nothing.</summary>
    public override string ToString() => $"{Prefix}{Id}_…";
}
