using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using NasFarm.Farm.Tests;
using NasFarm.Server.Auth;

namespace NasFarm.Server.Tests.Api;

/// <summary>The OpenAPI document, and the page that is made of it.</summary>
public sealed class ApiReferenceTests : IAsyncLifetime
{
    private ServedFarm farm = null!;
    private JsonElement document;

    public async Task InitializeAsync()
    {
        farm = await ServedFarm.StartAsync(new());
        document = JsonDocument.Parse(await farm.Client.GetStringAsync("/api/v1/openapi.json")).RootElement;
    }

    public async Task DisposeAsync() => await farm.DisposeAsync();

    [Fact]
    public void Every_route_below_the_api_is_described()
    {
        var described = Operations().Select(o => $"{o.Method} {o.Path}").Order(StringComparer.Ordinal);
        var routes =
            from route in farm.Routes
            where route.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal) && route.Metadata.GetMetadata<RouteNeeds>() is not null
            from method in route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
            select $"{method} {route.RoutePattern.RawText}";

        Assert.Equal(routes.Order(StringComparer.Ordinal), described);
    }

    [Fact]
    public void Every_operation_has_a_name_a_sentence_and_says_what_it_refuses()
    {
        var operations = Operations().ToList();

        Assert.Equal(operations.Count, operations.Select(o => o.Body.GetProperty("operationId").GetString()).Distinct().Count());
        Assert.All(operations, o => Assert.NotEmpty(o.Body.GetProperty("summary").GetString()!));
        Assert.All(operations, o => Assert.Contains(o.Body.GetProperty("responses").EnumerateObject(), r => r.Name == "503"));
    }

    [Fact]
    public void The_reference_is_what_the_document_says() => RepositoryFile.AssertGolden("docs/reference/api.md", Page());

    private string Page()
    {
        var needs = farm.Routes.Where(r => r.Metadata.GetMetadata<RouteNeeds>() is not null)
            .SelectMany(r => r.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(m => (Key: $"{m} {r.RoutePattern.RawText}", Needs: r.Metadata.GetMetadata<RouteNeeds>()!)))
            .ToDictionary(r => r.Key, r => r.Needs);
        var page = new StringBuilder(
            """
            # HTTP API

            Made of the OpenAPI document that a server gives at `/api/v1/openapi.json`; `NASFARM_UPDATE_GOLDEN=1 dotnet test tests/NasFarm.Server.Tests --filter ApiReference` writes it
            anew. [How to serve](../how-to/serve.md) tells how to start one and make tokens.

            - `Authorization: Bearer nf_…` says who asks. The role is the least one; `(whole farm)` asks for it in every tenant. What is another tenant's is answered like what does not exist.
            - Errors are `application/problem+json` with a stable `code` and a sentence; those of a manifest have a list `errors` with line, column, path and message.
            - Readings carry a weak `ETag`; `If-None-Match` answers 304. Lists have `next`, to be given as `after`.
            - Commands take `Idempotency-Key`: given again with the same command it answers the same and does nothing.
            - 429 and 503 say in `Retry-After` when to ask again.

            | request | role | what it does | parameters | answers |
            |---|---|---|---|---|

            """);
        foreach (var (method, path, body) in Operations())
        {
            var role = needs[$"{method} {path}"];
            var parameters = body.TryGetProperty("parameters", out var all)
                ? all.EnumerateArray().Where(p => p.GetProperty("in").GetString() != "path").Select(p => $"`{p.GetProperty("name").GetString()}`") : [];
            page.Append($"| `{method} {path}` | {Tokens.Word(role.Least)}{(role.Everywhere ? " (whole farm)" : "")} | {body.GetProperty("summary").GetString()} | ")
                .Append($"{string.Join(", ", parameters)} | {string.Join(", ", body.GetProperty("responses").EnumerateObject().Select(r => r.Name))} |\n");
        }
        return page.ToString();
    }

    private IEnumerable<(string Method, string Path, JsonElement Body)> Operations() =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (operation.Name.ToUpperInvariant(), path.Name, operation.Value);
}
