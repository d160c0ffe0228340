using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Sluice.Hosting;

/// <summary>
/// The headers on every answer of our own that keep browsers from guessing types, telling where they came from, and, over https,
/// from coming back without it.
/// </summary>
/// <remarks>
/// Set before the endpoint runs, from values made once: the receiving path allocates nothing for them. Where the exception handler clears
/// an answer, it sets them again.
/// </remarks>
internal sealed class SafeHeaders(TimeSpan hsts)
{
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues NoReferrer = "no-referrer";

    private readonly StringValues _strictTransport =
        hsts > TimeSpan.Zero ? $"max-age={((long)hsts.TotalSeconds).ToString(CultureInfo.InvariantCulture)}" : StringValues.Empty;

    internal Task ServeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<UntouchedHeaders>() is null)
            SetOn(http);
        return next(http);
    }

    internal void SetOn(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = NoSniff;
        headers["Referrer-Policy"] = NoReferrer;
        if (_strictTransport.Count > 0 && http.Request.IsHttps)
            headers.StrictTransportSecurity = _strictTransport;
    }
}
