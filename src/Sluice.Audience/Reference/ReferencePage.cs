using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Audience.Reference;

/// <summary><c>/v1/docs</c> (contract audience.md, Ruling 8): one static page that shows the OpenAPI documents and tries their calls, with its style and script.</summary>
internal static class ReferencePage
{
    // Nothing from elsewhere, nothing inline; calls go to this server only, whatever stands in a document.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    internal static void MapReferencePage(this IEndpointRouteBuilder routes, IEnumerable<string> bases)
    {
        var (page, style, script) = (
            new PageFile("reference.html", "text/html; charset=utf-8"), new PageFile("reference.css", "text/css; charset=utf-8"),
            new PageFile("reference.js", "text/javascript; charset=utf-8"));
        foreach (var path in bases)
            routes.MapGet(path + "/docs", (Delegate)page.Get);
        routes.MapGet("/v1/docs/reference.css", (Delegate)style.Get).ExcludeFromDescription();
        routes.MapGet("/v1/docs/reference.js", (Delegate)script.Get).ExcludeFromDescription();
    }

    /// <summary>One embedded file of the page, which browsers keep for as long as its <c>ETag</c> is the same.</summary>
    private sealed class PageFile
    {
        private readonly byte[] _text;
        private readonly string _contentType;
        private readonly string _etag;

        internal PageFile(string name, string contentType)
        {
            using var resource = typeof(ReferencePage).Assembly.GetManifestResourceStream(name)!;
            _text = new byte[resource.Length];
            resource.ReadExactly(_text);
            _contentType = contentType;
            _etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(_text))[..32]}\"";
        }

        internal IResult Get(HttpContext http)
        {
            var headers = http.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XFrameOptions = "DENY";
            headers.CacheControl = "no-cache"; // kept, and asked about each time
            headers.ETag = _etag;
            return http.Request.Headers.IfNoneMatch.ToString() == _etag
                ? Results.StatusCode(StatusCodes.Status304NotModified)
                : Results.Bytes(_text, _contentType);
        }
    }
}
