using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>Who is calling, as a valid token says.</summary>
/// <param name="ClientId">The client the token was granted to.</param>
/// <param name="OrgId">The organisation it acts for.</param>
public sealed record Caller(string ClientId, string OrgId)
{
    /// <summary>The caller of a request that <see cref="AccessModule.RequireCaller{TBuilder}"/> let pass.</summary>
    public static Caller Of(HttpContext http) =>
        http.Features.Get<Caller>() ?? throw new UnreachableException("The route lacks RequireCaller.");
}
