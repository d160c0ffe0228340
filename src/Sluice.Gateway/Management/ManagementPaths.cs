using Microsoft.AspNetCore.Http;

namespace Sluice.Gateway.Management;

/// <summary>An answer in this API's words where no route is: its paths lie among those of another API, which would speak for them.</summary>
internal sealed class ManagementPaths(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http)
    {
        await next(http);
        if (http.Response.StatusCode is 404 or 405 && !http.Response.HasStarted && http.Response.ContentType is null && GatewayModule.Manages(http.Request.Path))
            await Answer(http).ExecuteAsync(http);
    }

    private static IResult Answer(HttpContext http) => http.Response.StatusCode == 404
        ? ManagementAnswers.Refuse(404, "NotFound", "There is no such path in this API; GET /openapi/gateway.json lists all")
        : ManagementAnswers.Refuse(405, "MethodNotAllowed", $"The path knows {http.Response.Headers.Allow} only");
}
