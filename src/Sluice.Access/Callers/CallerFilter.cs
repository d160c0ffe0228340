using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>Lets a request of one area pass only with a valid token and the area's rights; leaves <see cref="Caller"/> and environment behind.</summary>
internal sealed class CallerFilter(AccessRuntime access, AccessArea area) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var refusal = await AdmitAsync(http);
        return refusal is null ? await next(context) : refusal.In(area, http);
    }

    private async ValueTask<Refusal?> AdmitAsync(HttpContext http)
    {
        // 1. Who: a token, or on gateway management a user's name and password.
        var (finding, fault) = area == AccessArea.Gateway && BasicCredentials.IsSent(http.Request)
            ? await access.Basic.FindAsync(http)
            : await FindByTokenAsync(http);
        if (fault is not null)
            return fault;
        var caller = finding.Caller!;

        // 2. What the API gateway in front of the original asks for, where its hosts are configured.
        if (FindPlatformFault(http, caller) is { } platformFault)
            return platformFault;

        // 3. Where: the environment, and whether the caller may use it.
        var (environment, wanted) = access.Environments.Find(http.Request);
        if (environment is not { } name)
            return new Refusal(404, "404000", "not_found", $"There is no sandbox [{wanted}]");
        if (area != AccessArea.SignedIn && !caller.MayUse(name)) // who one is holds everywhere
            return new Refusal(403, "403027", "forbidden", $"{caller.Name} is limited to other environments and may not use [{name}]");

        // 4. What: the area's rights.
        if (FindRightFault(http, caller) is { } rightFault)
            return rightFault;

        http.Features.Set(caller.In(name));
        http.Features.Set(new RequestEnvironment(name));
        return null;
    }

    private async ValueTask<(CallerFinding Finding, Refusal? Fault)> FindByTokenAsync(HttpContext http)
    {
        var token = BearerToken.Find(http.Request);
        if (token.IsEmpty)
            return (CallerFinding.Invalid, Missing());
        var finding = await access.Tokens.FindAsync(token, http.RequestAborted);
        return (finding, finding.Verdict == TokenVerdict.Valid ? null : Bad(finding.Verdict, token.Span));
    }

    // The platform answers 403 to a request without a token, everybody else 401 (RFC 6750 section 3.1).
    private Refusal Missing() => area == AccessArea.Collection
        ? new Refusal(403, "403010", "unauthorized", "Oauth token is missing.")
        : new Refusal(401, "403010", "unauthorized", "Oauth token is missing.")
        {
            Challenge = area == AccessArea.Gateway ? "Bearer realm=\"oauth\", Basic realm=\"gateway\"" : "Bearer realm=\"oauth\"",
        };

    private static Refusal Bad(TokenVerdict verdict, ReadOnlySpan<char> token)
    {
        var text = verdict == TokenVerdict.Expired ? "Access token expired" : "Invalid access token";
        return new Refusal(401, "401013", "invalid_token", "Oauth token is not valid")
        {
            Challenge = $"Bearer realm=\"oauth\", error=\"invalid_token\", error_description=\"{text}: {Printable(token)}\"",
        };
    }

    /// <summary>The token as it may stand inside a quoted string of a header, whatever was sent.</summary>
    private static string Printable(ReadOnlySpan<char> token)
    {
        Span<char> safe = stackalloc char[Math.Min(token.Length, TokenKey.MaxTokenCharacters)];
        for (var index = 0; index < safe.Length; index++)
            safe[index] = token[index] is > ' ' and < '\x7f' and not '"' and not '\\' ? token[index] : '?';
        return safe.ToString();
    }

    private Refusal? FindPlatformFault(HttpContext http, Caller caller)
    {
        var isImsHost = access.IsImsHost(http.Request.Host.Host);
        if (isImsHost)
        {
            var apiKey = http.Request.Headers["x-api-key"].ToString();
            if (apiKey.Length == 0)
                return new Refusal(403, "403000", "forbidden", "Api Key is required") { IsFromPlatform = true };
            if (apiKey != caller.ClientId)
                return new Refusal(403, "403003", "forbidden", "Api Key is invalid") { IsFromPlatform = true };
        }

        var org = http.Request.Headers["x-gw-ims-org-id"].ToString();
        return org.Length == 0
            ? isImsHost && area == AccessArea.Collection ? new Refusal(400, "400003", "validation_error", "Missing header") { IsFromPlatform = true } : null
            : org != caller.OrgId && (isImsHost || area == AccessArea.Audience)
                ? new Refusal(403, "403025", "forbidden", "Profile is not valid") { IsFromPlatform = true }
                : null;
    }

    private Refusal? FindRightFault(HttpContext http, Caller caller)
    {
        var isRead = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        if (!isRead && caller.IsReadOnly)
            return Forbidden("The token was granted for reading only") with
            {
                Challenge = "Bearer realm=\"oauth\", error=\"insufficient_scope\", scope=\"write\"",
            };
        var wanted = area switch
        {
            AccessArea.Collection => isRead ? RightNames.ViewCollection : RightNames.EditCollection,
            AccessArea.Gateway => isRead ? RightNames.ViewGateway : RightNames.EditGateway,
            _ => null,
        };
        return area == AccessArea.Administration && !caller.IsAdmin ? Forbidden($"{caller.Name} is not an admin")
            : wanted is not null && !caller.Has(wanted) ? Forbidden($"{caller.Name} lacks the right {wanted}; an admin gives it through a group")
            : null;
    }

    private static Refusal Forbidden(string message) => new(403, "403000", "forbidden", message);
}
