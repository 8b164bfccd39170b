using System.Security.Cryptography;
using System.Text;

namespace NasFarm.Server.Webhooks;

/// <summary>Who is told that a sweep is over. The address is a secret as a rule: it is said nowhere, only its host.</summary>
/// <param name="Address">Takes a POST.</param>
/// <param name="Secret">What bodies are signed with; null: they are not.</param>
public sealed record Webhook(Uri Address, string? Secret)
{
    /// <summary>Environment variables: the address, and the file of the secret.</summary>
    public const string Variable = "NASFARM_WEBHOOK", SecretFileVariable = "NASFARM_WEBHOOK_SECRET_FILE";

    /// <summary>Header with <see cref="Farm.Store.DueNotice.NoticeId"/>, the same at every try.</summary>
    public const string IdHeader = "NasFarm-Notice";

    /// <summary>Header with <c>sha256=</c> and the HMAC of the body in hexadecimal digits.</summary>
    public const string SignatureHeader = "NasFarm-Signature";

    /// <summary>What the environment names; null: nobody.</summary>
    /// <exception cref="InvalidDataException">A variable is wrong; a sentence for people, without the address.</exception>
    public static Webhook? FromEnvironment() => Parse(Environment.GetEnvironmentVariable(Variable), Environment.GetEnvironmentVariable(SecretFileVariable));

    /// <inheritdoc cref="FromEnvironment"/>
    public static Webhook? Parse(string? address, string? file)
    {
        if (address is not { Length: > 0 })
            return file is { Length: > 0 } ? throw new InvalidDataException($"{SecretFileVariable} is set and {Variable} is not; it is the address that is told.") : null;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new InvalidDataException($"{Variable} is no address of a web server; it must be like https://chat.example.org/hooks/…");
        if (file is not { Length: > 0 })
            return new(uri, null);
        try
        {
            var secret = File.ReadAllText(file).Trim();
            return secret.Length > 0 ? new(uri, secret) : throw new InvalidDataException($"{SecretFileVariable} names '{file}', which is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{SecretFileVariable} names '{file}', which cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The value of <see cref="SignatureHeader"/> for a body; null: there is no secret.</summary>
    public string? Sign(byte[] body) => Secret is null ? null : "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body));

    /// <inheritdoc/>
    public override string ToString() => Address.Host;
}
