using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using NasFarm.Farm.Manifests;
using NasFarm.Server.Http;

namespace NasFarm.Cli.Remote;

/// <summary>From what a server answers, or that it does not, to a sentence and an exit code.</summary>
/// <param name="server">Which.</param>
/// <param name="hasToken">A token was shown.</param>
internal sealed class Refusals(ServerAddress server, bool hasToken)
{
    /// <summary>An answer without success.</summary>
    /// <param name="request">Method and path.</param>
    /// <param name="answer">Its head.</param>
    /// <param name="body">Its text.</param>
    /// <param name="manifest">Name of the manifest that was sent; null: none was.</param>
    public Refused Of(string request, HttpResponseMessage answer, string body, string? manifest)
    {
        var (status, after) = (answer.StatusCode, answer.Headers.RetryAfter?.Delta);
        if ((int)status is >= 300 and < 400)
            return new(Other($"{server} sends to {answer.Headers.Location}; give that address instead."));
        if (ProblemOf(answer, body) is not { } problem)
            return status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
                ? new(new ServerException(ExitCodes.Unreachable, $"What stands before {server} answers {(int)status} {status}: the server is away."), Passes: true, after)
                : new(Other($"What answers at {server} is no NasFarm server: {request} gives {(int)status} {status}."));
        return (status, problem) switch
        {
            (_, { Code: "no-such-route" or "wrong-method" }) => new(Older(request)),
            (HttpStatusCode.Unauthorized, _) => new(new ServerException(ExitCodes.NotAllowed, hasToken
                ? $"{server} does not accept your token: {problem.Detail} 'nasfarm login {server}' keeps another one."
                : $"{server} asks who you are: 'nasfarm login {server}', or set {Farms.FarmPlace.TokenVariable}.")),
            (HttpStatusCode.Forbidden, _) => new(new ServerException(ExitCodes.NotAllowed, $"{server} refuses: {problem.Detail}")),
            (HttpStatusCode.TooManyRequests, _) => new(new ServerException(ExitCodes.Unreachable, $"{server} has heard too much from you: {problem.Detail}"), Passes: true, after),
            (HttpStatusCode.ServiceUnavailable, _) => new(new ServerException(ExitCodes.Unreachable, $"{server} cannot answer now: {problem.Detail}"), Passes: true, after),
            _ when status >= HttpStatusCode.InternalServerError => new(new ServerException(ExitCodes.Failed, $"{server}: {problem.Detail}")),
            (_, { Errors: { Count: > 0 } errors }) => new(new ManifestException([.. errors.Select(e => new ManifestError(manifest ?? e.File, new(e.Line, e.Column, e.Path), e.Message))])),
            _ => new(new InputException(problem.Detail)),
        };
    }

    /// <summary>No answer.</summary>
    public Refused Of(HttpRequestException cut) => cut switch
    {
        { HttpRequestError: HttpRequestError.SecureConnectionError } or { InnerException: AuthenticationException } => new(new ServerException(ExitCodes.Unreachable,
            $"{server} cannot be trusted: {Innermost(cut)} Name its authority's certificate in SSL_CERT_FILE when it is your own.")),
        { HttpRequestError: HttpRequestError.NameResolutionError } => new(new ServerException(ExitCodes.Unreachable, $"{server} cannot be reached: there is no host '{server.Root.Host}'."), Passes: true),
        _ => new(new ServerException(ExitCodes.Unreachable, $"{server} cannot be reached: {Innermost(cut)}"), Passes: true),
    };

    /// <summary>The answer broke off.</summary>
    public Refused Broken(IOException cut) => new(new ServerException(ExitCodes.Unreachable, $"The answer of {server} broke off: {Innermost(cut)}"), Passes: true);

    /// <summary>No answer in time.</summary>
    public Refused Late(TimeSpan waited) => new(new ServerException(ExitCodes.Unreachable, $"{server} did not answer within {waited.TotalSeconds:0} s."), Passes: true);

    /// <summary>An answer that this program cannot read.</summary>
    public ServerException Unreadable(string request, string why) => Other(
        $"{server} answers {request} in words that this program, {CodeVersion.Current}, does not know ({why}). Use the server's release of it: 'nasfarm login {server}' says which that is.");

    private ServerException Older(string request) => Other(
        $"{server} does not know {request}: its release is another one than this program's, {CodeVersion.Current}. 'nasfarm login {server}' says which it is.");

    private static ServerException Other(string message) => new(ExitCodes.OtherServer, message);

    private static Problem? ProblemOf(HttpResponseMessage answer, string body)
    {
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return null;
        try
        {
            return JsonSerializer.Deserialize<Problem>(body, WireJson.Options) is { Code: not null, Detail: not null } problem ? problem : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Innermost(Exception problem)
    {
        while (problem.InnerException is { } inner)
            problem = inner;
        return problem.Message.EndsWith('.') ? problem.Message : problem.Message + ".";
    }
}
