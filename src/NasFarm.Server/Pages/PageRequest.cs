using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;
using NasFarm.Server.Pages.Failures;
using NasFarm.Server.Pages.Frame;

namespace NasFarm.Server.Pages;

/// <summary>A request for a page: the farm as its caller may see it, and how the answer is framed.</summary>
internal sealed class PageRequest
{
    private readonly HttpContext context;
    private readonly FarmServerOptions options;
    private readonly Caller? caller;

    private PageRequest(HttpContext context)
    {
        this.context = context;
        options = context.RequestServices.GetRequiredService<FarmServerOptions>();
        caller = context.User.Caller();
    }

    /// <summary>The farm as its caller may see it. Throws where the route asks for nobody.</summary>
    public CallerFarm Farm => context.RequestServices.GetRequiredService<CallerFarm>();

    /// <summary>The moment that ages are counted from.</summary>
    public DateTimeOffset Now => options.Time.GetUtcNow();

    /// <summary>Nobody waits for the answer any more.</summary>
    public CancellationToken Aborted => context.RequestAborted;

    /// <summary>Of a request that is not routed to a page.</summary>
    public static PageRequest Of(HttpContext context) => new(context);

    /// <summary>Called by the framework for a handler's parameter.</summary>
    public static ValueTask<PageRequest?> BindAsync(HttpContext context) => ValueTask.FromResult<PageRequest?>(new(context));

    /// <summary>The id of a command that a form of this page may give.</summary>
    public string NewId() => options.NewId();

    /// <summary>A page without forms.</summary>
    public PageResult Page(PageContent content) => new(Layout.Render(Around(forms: false), content));

    /// <summary>A page with forms, which carry the proof that they come from it.</summary>
    public PageResult Page(Func<Surroundings, PageContent> content, int status = StatusCodes.Status200OK)
    {
        var around = Around(forms: true);
        return new(Layout.Render(around, content(around)), status);
    }

    /// <summary>What is shown instead of a page.</summary>
    public PageResult Failure(int status, string? sentence = null) => new(Layout.Render(Around(forms: false), FailurePage.Of(status, sentence)), status);

    /// <summary>A field of a form that carries its proof; null: it has none of that name. Throws <see cref="AntiforgeryValidationException"/>.</summary>
    public async Task<string?> FieldAsync(string name)
    {
        await context.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(context);
        return (await context.Request.ReadFormAsync(Aborted)).TryGetValue(name, out var value) ? value.ToString() : null;
    }

    /// <summary>Whoever carries a login can end it: that is a form on every page.</summary>
    private Surroundings Around(bool forms)
    {
        var mayLeave = context.User.Identity is { IsAuthenticated: true, AuthenticationType: Schemes.Cookie };
        return new(context.Request.Path.Value ?? "/", caller?.Name, mayLeave, forms || mayLeave ? Token() : null);
    }

    private FormToken Token()
    {
        var made = context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context);
        return new(made.FormFieldName, made.RequestToken!);
    }
}
