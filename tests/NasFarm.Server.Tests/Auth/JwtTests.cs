using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NasFarm.Server.Auth;
using static NasFarm.Server.Tests.TwoTenants;

namespace NasFarm.Server.Tests.Auth;

/// <summary>Tokens of another issuer.</summary>
public sealed class JwtTests : IDisposable
{
    private const string Issuer = "https://id.example", Audience = "nasfarm";

    private readonly RSA rsa = RSA.Create(2048);

    public void Dispose() => rsa.Dispose();

    [Fact]
    public async Task A_signed_token_has_the_roles_of_its_claim_and_no_others()
    {
        await using var farm = await StartAsync();
        await FillAsync(farm.Store);
        var token = Sign(new Dictionary<string, object> { [Lab] = "operator" });

        Assert.Equal(HttpStatusCode.OK, (await farm.AskAsync(HttpMethod.Get, $"/api/v1/sweeps/{Ours}", token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await farm.AskAsync(HttpMethod.Post, $"/api/v1/sweeps/{Ours}/pause", token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await farm.AskAsync(HttpMethod.Get, $"/api/v1/sweeps/{Theirs}", token)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await farm.AskAsync(HttpMethod.Get, "/api/v1/audit", token)).StatusCode);
        var own = await farm.TokenAsync(Rival, Server.Access.Role.Viewer);
        Assert.Equal(HttpStatusCode.OK, (await farm.AskAsync(HttpMethod.Get, $"/api/v1/sweeps/{Theirs}", own)).StatusCode);
    }

    [Fact]
    public async Task What_is_not_for_this_server_opens_nothing()
    {
        await using var farm = await StartAsync();
        var roles = new Dictionary<string, object> { ["*"] = "admin" };
        using var other = RSA.Create(2048);
        var pem = Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem());
        string[] wrong =
        [
            Sign(roles, issuer: "https://evil.example"), Sign(roles, audience: "another"), Sign(roles, lifetime: TimeSpan.FromMinutes(-10)),
            Sign(roles, credentials: new(new RsaSecurityKey(other), SecurityAlgorithms.RsaSha256)),
            // The public key taken for a shared secret, and no signature at all.
            Sign(roles, credentials: new(new SymmetricSecurityKey(pem), SecurityAlgorithms.HmacSha256)),
            $"{Base64UrlEncoder.Encode("{\"alg\":\"none\"}")}.{Sign(roles).Split('.')[1]}.",
            Sign(new Dictionary<string, object> { [Lab] = "owner" }), Sign(null), "a.b.c",
        ];

        foreach (var token in wrong)
            Assert.Equal(HttpStatusCode.Unauthorized, (await farm.AskAsync(HttpMethod.Get, "/api/v1/sweeps", token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await farm.AskAsync(HttpMethod.Get, "/api/v1/sweeps", Sign(roles))).StatusCode);
    }

    [Fact]
    public void A_key_that_is_none_is_refused_without_being_told()
    {
        foreach (var text in new[] { "short", Convert.ToBase64String(new byte[16]), "-----BEGIN PUBLIC KEY-----\nsecretnonsense\n-----END PUBLIC KEY-----" })
            Assert.DoesNotContain(text, Assert.Throws<ArgumentException>(() => JwtKey.Read(text)).Message, StringComparison.Ordinal);
        Assert.Equal(["HS256", "HS384", "HS512"], JwtKey.Read(Convert.ToBase64String(new byte[32])).Algorithms);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal(["ES256", "ES384", "ES512"], JwtKey.Read(curve.ExportSubjectPublicKeyInfoPem()).Algorithms);
    }

    private Task<ServedFarm> StartAsync() => ServedFarm.StartAsync(new() { Jwt = new(Issuer, Audience, rsa.ExportSubjectPublicKeyInfoPem()) });

    private string Sign(Dictionary<string, object>? roles, string issuer = Issuer, string audience = Audience, TimeSpan? lifetime = null, SigningCredentials? credentials = null)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer, Audience = audience, NotBefore = now.AddHours(-1), IssuedAt = now.AddHours(-1), Expires = now + (lifetime ?? TimeSpan.FromMinutes(5)),
            Claims = new Dictionary<string, object> { ["sub"] = "ada" }.Concat(roles is null ? [] : [KeyValuePair.Create<string, object>("nasfarm", roles)]).ToDictionary(),
            SigningCredentials = credentials ?? new(new RsaSecurityKey(rsa), SecurityAlgorithms.RsaSha256),
        });
    }
}
