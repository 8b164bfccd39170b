using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NasFarm.Orleans.Security;

/// <summary>A member's certificate and the authority that all members trust, as PEM files. They are read again when they have changed, so whoever renews
/// them (cert-manager, a cron job) need not start anything anew.</summary>
public sealed class ClusterCertificate
{
    private readonly string certificate, key, authority;
    private readonly Lock reading = new();
    private (string Text, SslStreamCertificateContext Own, X509ChainPolicy Trust)? read;

    /// <param name="certificate">File of the certificate, then of those between it and the authority.</param>
    /// <param name="key">File of its private key.</param>
    /// <param name="authority">File of the authorities whose certificates make a member.</param>
    public ClusterCertificate(string certificate, string key, string authority) => (this.certificate, this.key, this.authority) = (certificate, key, authority);

    /// <summary>What this member shows.</summary>
    public SslStreamCertificateContext Own => Read().Own;

    /// <summary>Whom it trusts: those whose chain ends at the authority, whatever address they are at; members are pods, whose addresses change.</summary>
    public X509ChainPolicy Trust => Read().Trust.Clone();

    /// <summary>Reads the files. Throws <see cref="InvalidDataException"/> with the file and what is wrong with it.</summary>
    public void Check() => Load(Texts());

    private (string Text, SslStreamCertificateContext Own, X509ChainPolicy Trust) Read()
    {
        lock (reading)
        {
            try
            {
                var texts = Texts();
                if (read is not { } known || known.Text != string.Concat(texts))
                    read = Load(texts);
            }
            catch (InvalidDataException) when (read is not null)
            {
                // Half of the files are of before their renewal: the next connection reads them again.
            }
            return read!.Value;
        }
    }

    private string[] Texts() => [.. new[] { certificate, key, authority }.Select(file =>
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"'{file}' cannot be read: {e.Message}", e);
        }
    })];

    private (string, SslStreamCertificateContext, X509ChainPolicy) Load(string[] texts)
    {
        var chain = Certificates(certificate, texts[0]);
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.AddRange(Certificates(authority, texts[2]));
        try
        {
            using var own = X509Certificate2.CreateFromPem(texts[0], texts[1]);
            return (string.Concat(texts), SslStreamCertificateContext.Create(Persisted(own), [.. chain.Skip(1)], offline: true), trust);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"'{key}' is not the private key, as PEM and without a password, of the certificate in '{certificate}': {e.Message}", e);
        }
    }

    /// <summary>The same certificate with a key that TLS can use on every platform.</summary>
    private static X509Certificate2 Persisted(X509Certificate2 own) => X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);

    private static X509Certificate2Collection Certificates(string file, string text)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw new InvalidDataException($"'{file}' is no certificate: {e.Message}", e);
        }
        return all.Count > 0 ? all : throw new InvalidDataException($"'{file}' has no certificate; it must be PEM: -----BEGIN CERTIFICATE-----.");
    }
}
