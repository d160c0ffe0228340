using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Sluice.Access;

namespace Sluice.Collection;

/// <summary>Gives a management request this door's part of the environment that Access chose for it.</summary>
internal sealed class EnvironmentFilter(CollectionRuntime collection) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Features.Set(collection.FindEnvironment(RequestEnvironment.Of(http)) ?? throw new UnreachableException("Access knows an environment that is not there."));
        return next(context);
    }
}
