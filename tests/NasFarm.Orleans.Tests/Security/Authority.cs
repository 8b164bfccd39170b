using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NasFarm.Orleans.Tests.Security;

/// <summary>Signs members' certificates, and writes them where silos read them.</summary>
internal sealed class Authority(string name) : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private X509Certificate2? own;

    public X509Certificate2 Certificate => own ??= Sign();

    /// <summary>Files of a member as settings of a silo: certificate, key, authority.</summary>
    public (string Name, string Value)[] Issue(string folder, string subject)
    {
        Directory.CreateDirectory(folder);
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={subject}", own, HashAlgorithmName.SHA256);
        using var signed = request.Create(Certificate, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
        (string Name, string Value)[] files = [("TLSCERTIFICATE", "tls.crt"), ("TLSKEY", "tls.key"), ("TLSAUTHORITY", "ca.crt")];
        files = [.. files.Select(file => (file.Name, Path.Combine(folder, file.Value)))];
        File.WriteAllText(files[0].Value, signed.ExportCertificatePem());
        File.WriteAllText(files[1].Value, own.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(files[2].Value, Certificate.ExportCertificatePem());
        return files;
    }

    public void Dispose()
    {
        own?.Dispose();
        key.Dispose();
    }

    private X509Certificate2 Sign()
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(2));
    }
}
