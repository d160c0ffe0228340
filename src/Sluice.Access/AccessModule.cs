using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Access;

/// <summary>The door's registrations and routes.</summary>
public static class AccessModule
{
    /// <summary>Registers the opened door.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, AccessRuntime access) =>
        services.AddSingleton(access).AddSingleton(new CallerFilter(access));

    /// <summary>Maps the token endpoints.</summary>
    public static IEndpointRouteBuilder MapAccess(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/ims/token/v3", IssueToken.HandleAsync);
        routes.MapPost("/ims/token/v2", IssueToken.HandleAsync);
        routes.MapPost("/ims/token/v1", IssueToken.HandleAsync);
        routes.MapPost("/ims/token", IssueToken.HandleAsync);
        return routes;
    }

    /// <summary>Asks for a valid token on every route of the group; the <see cref="Caller"/> is then a request feature.</summary>
    public static TBuilder RequireCaller<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilterFactory((_, next) => async context =>
            await context.HttpContext.RequestServices.GetRequiredService<CallerFilter>().InvokeAsync(context, next));
}
