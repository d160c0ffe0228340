using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>A refusal as the platform's API gateway words it: contract collection.md section 7.</summary>
internal sealed record GatewayRefusal(string ErrorCode, string Message);

/// <summary>Lets a request pass only with a valid token; leaves the <see cref="Caller"/> as a request feature.</summary>
internal sealed class CallerFilter(AccessRuntime access) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (BearerToken.Find(http.Request) is not { } token)
            return Refuse(403, "403010", "Oauth token is missing.");
        if (await access.FindCallerAsync(token) is not { } caller)
            return Refuse(401, "401013", "Oauth token is not valid");
        if (access.IsImsHost(http.Request.Host.Host) && await FindGatewayFaultAsync(http, caller) is { } fault)
            return fault;

        http.Features.Set(caller);
        return await next(context);
    }

    private async Task<IResult?> FindGatewayFaultAsync(HttpContext http, Caller caller)
    {
        var apiKey = http.Request.Headers["x-api-key"].ToString();
        if (apiKey.Length == 0)
            return Refuse(403, "403000", "Api Key is required");
        if (!await access.IsClientAsync(apiKey, http.RequestAborted))
            return Refuse(403, "403003", "Api Key is invalid");

        var org = http.Request.Headers["x-gw-ims-org-id"].ToString();
        if (org.Length == 0)
            return Refuse(400, "400003", "Missing header");
        return org == caller.OrgId ? null : Refuse(403, "403025", "Profile is not valid");
    }

    private static IResult Refuse(int status, string code, string message) =>
        Results.Json(new GatewayRefusal(code, message), TokenJson.Default.GatewayRefusal, statusCode: status);
}
