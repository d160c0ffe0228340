using Microsoft.AspNetCore.Http;
using Sluice.Storage;

namespace Sluice.Collection;

/// <summary>Finds the environment of a management request by <c>x-sandbox-name</c>; without it, production.</summary>
internal sealed class EnvironmentFilter(CollectionRuntime collection) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var given = http.Request.Headers["x-sandbox-name"].ToString();
        var environment = given.Length == 0 ? collection.FindEnvironment(EnvironmentName.Production)
            : EnvironmentName.TryParse(given, out var name) ? collection.FindEnvironment(name)
            : null;
        if (environment is null)
            return ValueTask.FromResult<object?>(CollectionAnswers.NotFound($"There is no sandbox [{given}]"));
        http.Features.Set(environment);
        return next(context);
    }
}
