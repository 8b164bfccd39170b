using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using NasFarm.Server.Access;
using NasFarm.Server.Events;
using NasFarm.Server.Http;

namespace NasFarm.Server.Auth;

/// <summary>Who asks: how it is found out, and what follows where it is not.</summary>
internal static class FarmAuth
{
    private const string LoginLimit = "login", StreamLimit = "streams";

    /// <summary>Streams of news that one caller may hold open: each is a connection, and looks into the store by itself when it begins.</summary>
    private const int StreamsPerCaller = 32;

    public static void AddFarmAuth(this IServiceCollection services, FarmServerOptions farm)
    {
        var auth = farm.Auth;
        services.AddSingleton(auth);
        services.AddHttpContextAccessor();
        services.AddScoped(provider => new CallerFarm(farm, provider.GetRequiredService<SweepWatches>(), provider.GetRequiredService<IHttpContextAccessor>().HttpContext?.User.Caller()
            ?? throw new InvalidOperationException("A route that asks for nobody has no farm.")));
        AddSchemes(services.AddAuthentication(Schemes.Any), farm);
        services.AddSingleton<IAuthorizationHandler, RouteNeedsHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AuthAnswers>();
        // A route that says nothing about its callers has none.
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build());
        services.AddAntiforgery(options =>
        {
            options.FormFieldName = "antiforgery";
            options.SuppressXFrameOptionsHeader = true;
            options.Cookie.Name = "nasfarm-antiforgery";
            (options.Cookie.HttpOnly, options.Cookie.SameSite, options.Cookie.SecurePolicy) = (true, SameSiteMode.Strict, CookieSecurePolicy.SameAsRequest);
        });
        var sealing = services.AddDataProtection().SetApplicationName("nasfarm");
        if (auth.KeysFolder is { } folder)
            sealing.PersistKeysToFileSystem(Own(folder));
        else
            sealing.UseEphemeralDataProtectionProvider();
        services.AddRateLimiter(options => Limit(options, auth));
    }

    /// <summary>Before the routes, in this order: whose site, who, how often, may he.</summary>
    public static void UseFarmAuth(this WebApplication app, FarmAuthOptions auth)
    {
        app.UseForeignSiteGuard(auth);
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseAntiforgery();
    }

    /// <summary>A route that guesses could be tried on.</summary>
    public static T LimitsGuesses<T>(this T route) where T : IEndpointConventionBuilder => route.RequireRateLimiting(LoginLimit);

    /// <summary>A route whose answers last.</summary>
    public static T LimitsStreams<T>(this T route) where T : IEndpointConventionBuilder => route.RequireRateLimiting(StreamLimit);

    private static void AddSchemes(AuthenticationBuilder schemes, FarmServerOptions farm)
    {
        var auth = farm.Auth;
        schemes.AddPolicyScheme(Schemes.Any, null, options => options.ForwardDefaultSelector = context =>
            auth.LocalAdmin is not null ? Schemes.Local
            : Schemes.BearerOf(context.Request) is { } text
                ? auth.Jwt is null || text.StartsWith(TokenText.Prefix, StringComparison.Ordinal) ? Schemes.Token : Schemes.Jwt
                : Schemes.Cookie);
        schemes.AddScheme<AuthenticationSchemeOptions, LocalHandler>(Schemes.Local, null);
        schemes.AddScheme<AuthenticationSchemeOptions, TokenHandler>(Schemes.Token, null);
        schemes.AddCookie(Schemes.Cookie, options =>
        {
            options.Cookie.Name = "nasfarm-login";
            (options.Cookie.HttpOnly, options.Cookie.SameSite, options.Cookie.SecurePolicy) = (true, SameSiteMode.Strict, CookieSecurePolicy.SameAsRequest);
            options.ExpireTimeSpan = TimeSpan.FromHours(12);
            options.TimeProvider = farm.Time;
            // A login is worth what its token is worth now.
            options.Events = new CookieAuthenticationEvents { OnValidatePrincipal = context => StillHoldsAsync(context, farm) };
        });
        if (auth.Jwt is { } jwt)
            schemes.AddJwtBearer(Schemes.Jwt, options => Accept(options, jwt, farm.Time));
    }

    /// <summary>A folder that nobody else reads.</summary>
    private static DirectoryInfo Own(string folder) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(folder) : Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private static async Task StillHoldsAsync(CookieValidatePrincipalContext context, FarmServerOptions farm)
    {
        if (context.Principal?.Caller() is { } shown && await Tokens.FindAgainAsync(farm.Store, shown.Id, farm.Time, context.HttpContext.RequestAborted) is { } caller)
            context.ReplacePrincipal(caller.Principal(Schemes.Cookie));
        else
            context.RejectPrincipal();
    }

    private static void Accept(JwtBearerOptions options, JwtSettings jwt, TimeProvider time)
    {
        var (key, algorithms) = JwtKey.Read(jwt.Key);
        options.MapInboundClaims = false;
        options.TimeProvider = time;
        options.TokenValidationParameters = new()
        {
            ValidIssuer = jwt.Issuer, ValidAudience = jwt.Audience, IssuerSigningKey = key, ValidAlgorithms = algorithms,
            RequireExpirationTime = true, RequireSignedTokens = true, ClockSkew = TimeSpan.FromMinutes(1),
        };
        options.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                if (CallerClaims.FromJwt(context.Principal!, jwt.RolesClaim) is { } caller)
                    context.Principal = caller.Principal(Schemes.Jwt);
                else
                    context.Fail($"The token has no claim '{jwt.RolesClaim}' with roles by tenant.");
                return Task.CompletedTask;
            },
        };
    }

    /// <summary>A minute's requests at once, then as they come back: of a caller, or of an address where nobody is known.</summary>
    private static void Limit(RateLimiterOptions options, FarmAuthOptions auth)
    {
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => context.User.Caller() is { } caller
            ? Bucket($"caller {caller.Id}", auth.RequestsPerMinute)
            : Schemes.BearerOf(context.Request) is not null ? Bucket($"guess {Address(context)}", auth.LoginsPerMinute)
            : Bucket($"address {Address(context)}", auth.RequestsPerMinute));
        options.AddPolicy(LoginLimit, context => Bucket($"login {Address(context)}", auth.LoginsPerMinute));
        options.AddPolicy(StreamLimit, context => RateLimitPartition.GetConcurrencyLimiter(
            context.User.Caller()?.Id ?? Address(context), _ => new() { PermitLimit = StreamsPerCaller, QueueLimit = 0 }));
        options.OnRejected = async (rejected, _) =>
        {
            var seconds = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, Math.Ceiling(after.TotalSeconds)) : 60;
            rejected.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await Problems.New(StatusCodes.Status429TooManyRequests, "too-many-requests",
                string.Create(CultureInfo.InvariantCulture, $"You ask too often; ask again in {seconds} s.")).WriteAsync(rejected.HttpContext);
        };
    }

    private static RateLimitPartition<string> Bucket(string key, int perMinute) => RateLimitPartition.GetTokenBucketLimiter(key, _ => new()
    {
        TokenLimit = perMinute, TokensPerPeriod = Math.Max(1, perMinute / 60), ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Max(1, 60 / perMinute)),
        QueueLimit = 0, AutoReplenishment = true,
    });

    private static string Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "local";
}
