using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace NasFarm.Server.Auth;

/// <summary>The key that JSON Web Tokens are checked with.</summary>
internal static class JwtKey
{
    private const int ShortestSecret = 32;

    /// <summary>Reads a PEM or base64 text; the algorithms are those of its kind, so that a public key is never taken for a shared secret.
    /// Throws <see cref="ArgumentException"/> with a sentence that does not hold the key.</summary>
    public static (SecurityKey Key, string[] Algorithms) Read(string text)
    {
        if (!text.Contains("-----BEGIN", StringComparison.Ordinal))
            return (new SymmetricSecurityKey(Secret(text)), [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.HmacSha384, SecurityAlgorithms.HmacSha512]);
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(text);
            return (new RsaSecurityKey(rsa), [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512]);
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            rsa.Dispose();
        }
        var curve = ECDsa.Create();
        try
        {
            curve.ImportFromPem(text);
            return (new ECDsaSecurityKey(curve), [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512]);
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            curve.Dispose();
            throw new ArgumentException("The key of the JSON Web Tokens is PEM and neither an RSA nor an elliptic-curve public key.", wrong);
        }
    }

    private static byte[] Secret(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.Trim(), bytes, out var length) && length >= ShortestSecret ? bytes[..length]
            : throw new ArgumentException($"The key of the JSON Web Tokens must be PEM, or base64 of at least {ShortestSecret} bytes.");
    }
}
