using Microsoft.AspNetCore.Http.Features;
using Sluice.Audience;

namespace Sluice.Hosting;

/// <summary>
/// How long an address may be. Event calls answer one that is too long in their own way, so the listener lets more in than other paths may have; those
/// get 414 here, as they would from the listener.
/// </summary>
internal static class RequestLineBound
{
    internal const int ListenerBytes = 32 << 10;

    private const int OtherBytes = 8 << 10;

    internal static void UseRequestLineBound(this WebApplication app) => app.Use((http, next) =>
    {
        if (http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Length <= OtherBytes || AudienceModule.TakesEvents(http.Request.Path))
            return next(http);
        http.Response.StatusCode = StatusCodes.Status414UriTooLong;
        return Task.CompletedTask;
    });
}
