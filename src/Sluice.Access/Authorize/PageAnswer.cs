using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Access;

/// <summary>A page for a person: a Razor view of <c>Authorize/Pages</c>, with the headers that keep others from framing, keeping or extending it.</summary>
internal sealed class PageAnswer<TView>(string page, TView view, int status = StatusCodes.Status200OK) : IResult
    where TView : notnull
{
    // No form-action: browsers would hold it against the redirect to the client that follows the consent form.
    private const string Policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-cache, no-store"; // in these words the antiforgery system finds nothing to add
        headers.Pragma = "no-cache";
        var result = new ViewResult
        {
            ViewName = $"/Authorize/Pages/{page}.cshtml",
            StatusCode = status,
            ViewData = new ViewDataDictionary<TView>(new EmptyModelMetadataProvider(), new ModelStateDictionary()) { Model = view },
        };
        return result.ExecuteResultAsync(new ActionContext(httpContext, httpContext.GetRouteData(), new ActionDescriptor()));
    }
}

/// <summary>The answers that several pages give.</summary>
internal static class Pages
{
    /// <summary>Sends the browser on. Nothing keeps the answer: it may carry a code or a token.</summary>
    internal static IResult Redirect(HttpContext http, string address, int status = StatusCodes.Status302Found)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Pragma = "no-cache";
        http.Response.Headers.Location = address;
        return Results.StatusCode(status);
    }

    /// <summary>Sends the browser on after a form: the next request is a GET whatever this one was (RFC 9700 section 4.12).</summary>
    internal static IResult SeeOther(HttpContext http, string address) => Redirect(http, address, StatusCodes.Status303SeeOther);

    /// <summary>Says what is wrong, for the person and for who made the client.</summary>
    internal static IResult Fault(string title, string reason, string? code = null, int status = StatusCodes.Status400BadRequest, string? retry = null) =>
        new PageAnswer<FaultView>("Fault", new FaultView(title, reason, code, retry), status);

    /// <summary>The page instead of one more answer to an address that asks too often, or null.</summary>
    internal static IResult? TooMany(HttpContext http, AccessRuntime access) =>
        access.Bounds.Refuse(http) is null ? null : Fault(
            "Too many requests", "Too many requests or refusals came from your network. Wait a minute, then try again.",
            status: StatusCodes.Status429TooManyRequests);

    /// <summary>The answer to a request to authorize that is not in order, or null: <paramref name="asked"/> is then set.</summary>
    internal static IResult? Refuse(HttpContext http, AccessRuntime access, out AuthorizeRequest? asked)
    {
        var reading = AuthorizeReader.Read(http.Request, access.Snapshots.Current, access.Issuer.IssuerOf(http.Request));
        asked = (reading as AuthorizeReading.Asked)?.Request;
        return reading switch
        {
            AuthorizeReading.Refused refused =>
                Redirect(http, refused.Return.With(("error", refused.Error), ("error_description", refused.Description))),
            AuthorizeReading.Unusable unusable => Fault("This sign-in cannot start", unusable.Description, unusable.Error),
            _ => null,
        };
    }
}
