using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>The environment a request is about, as a request feature.</summary>
/// <param name="Name">One that exists, and that the caller may use.</param>
public sealed record RequestEnvironment(EnvironmentName Name)
{
    /// <summary>The environment of a request that <see cref="AccessModule.RequireCaller{TBuilder}"/> let pass.</summary>
    public static EnvironmentName Of(HttpContext http) =>
        http.Features.Get<RequestEnvironment>()?.Name ?? throw new UnreachableException("The route lacks RequireCaller.");
}
