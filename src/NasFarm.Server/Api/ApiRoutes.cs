using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NasFarm.Catalog;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;
using NasFarm.Server.Http;

namespace NasFarm.Server.Api;

/// <summary>The farm for programs: JSON, and an OpenAPI document that describes it.</summary>
internal static class ApiRoutes
{
    public const string Root = "/api/v1";

    public static void AddFarmApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            var (json, farm) = (options.SerializerOptions, CatalogJson.Compact);
            json.PropertyNamingPolicy = farm.PropertyNamingPolicy;
            json.DefaultIgnoreCondition = farm.DefaultIgnoreCondition;
            json.UnmappedMemberHandling = farm.UnmappedMemberHandling;
            json.NumberHandling = farm.NumberHandling;
            json.Encoder = farm.Encoder;
            (json.RespectNullableAnnotations, json.RespectRequiredConstructorParameters) = (true, true);
            json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false));
        });
        // So that whoever sent something wrong hears what.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "NasFarm", Version = "v1", Description = "Sweeps of differentiable architecture search. Errors are application/problem+json with a stable code." };
            document.Servers?.Clear();
            return Task.CompletedTask;
        }));
        // Texts that repeat nothing a caller sent beside something secret: what they weigh tells nothing.
        services.AddResponseCompression(options => (options.EnableForHttps, options.MimeTypes) = (true, ["application/json", "text/csv"]));
    }

    public static void MapFarmApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Root).WithMetadata(new SmallBody());
        api.MapManifests();
        api.MapSweeps();
        api.MapResults();
        api.MapNames();
        api.MapRuns();
        api.MapSlots();
        api.MapAccess();
        routes.MapOpenApi($"{Root}/openapi.json").AllowAnonymous();
    }

    /// <summary>Says which refusals a route has beyond those that all have.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        int[] all = [StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable, .. statuses];
        foreach (var status in all.Order())
            route.Produces<Problem>(status, Problems.ContentType);
        return route;
    }

    /// <summary>Where the host reads bodies, it reads no more than this of one.</summary>
    private sealed class SmallBody : Microsoft.AspNetCore.Http.Metadata.IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => 16 << 20;
    }
}
