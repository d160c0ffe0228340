using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Access;

/// <summary>The door's registrations and routes.</summary>
public static class AccessModule
{
    /// <summary>The description of the door, and of the paths of the program that ask it who is calling.</summary>
    public static ApiDocument Description { get; } = new("access", typeof(AccessModule).Assembly);

    private static readonly string[] AudienceBases = ["/v1", "/api/v1", "/portal/api/v1"];

    /// <summary>Registers the opened door, its audit log's writer and its upkeep.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, AccessRuntime access) => services
        .AddSingleton(access)
        .AddHostedService(_ => access.Audit)
        .AddHostedService<AccessUpkeep>()
        .AddAuthorizePages(access);

    /// <summary>Maps the token endpoints, sign-in pages and description, which ask for no token, and the administration paths, which want an admin's.</summary>
    public static IEndpointRouteBuilder MapAccess(this IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])["/ims/token", "/ims/token/v1", "/ims/token/v2", "/ims/token/v3"])
            routes.MapPost(path, ImsToken.HandleAsync);
        routes.MapPost("/ims/exchange/jwt", JwtExchange.HandleAsync);
        routes.MapPost("/oauth/token", LegacyToken.HandleAsync);
        foreach (var family in (string[])["/oauth", "/ims"])
        {
            routes.MapPost(family + "/revoke", RevokeToken.HandleAsync);
            routes.MapPost(family + "/introspect", IntrospectToken.HandleAsync);
        }
        routes.MapAuthorizePages();
        routes.MapGet("/.well-known/oauth-authorization-server", Discovery.Document);
        routes.MapGet("/.well-known/openid-configuration", Discovery.Document);
        routes.MapGet(Discovery.KeysPath, Discovery.Keys);
        Description.MapOn(routes);

        foreach (var path in AudienceBases)
            routes.MapGroup(path).RequireCaller(AccessArea.Audience).MapGet("/users/self", GetSelf.HandleAsync);
        routes.MapGroup("/api/sluice/v1").RequireCaller(AccessArea.SignedIn).MapGet("/self", TellSelf.Handle);
        MapAdministration(routes.MapGroup("/api/sluice/v1").RequireCaller(AccessArea.Administration));
        return routes;
    }

    /// <summary>Asks for a valid token and the area's rights on every route of the group; <see cref="Caller"/> and <see cref="RequestEnvironment"/> are then request features.</summary>
    public static TBuilder RequireCaller<TBuilder>(this TBuilder builder, AccessArea area)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilterFactory((factory, next) =>
        {
            var filter = new CallerFilter(factory.ApplicationServices.GetRequiredService<AccessRuntime>(), area);
            return context => filter.InvokeAsync(context, next);
        });

    private static void MapAdministration(RouteGroupBuilder group)
    {
        group.MapGet("/clients", ClientOperations.List);
        group.MapPost("/clients", ClientOperations.CreateAsync);
        group.MapGet("/clients/{clientId}", ClientOperations.Get);
        group.MapPatch("/clients/{clientId}", ClientOperations.ChangeAsync);
        group.MapDelete("/clients/{clientId}", ClientOperations.DeleteAsync);
        group.MapPost("/clients/{clientId}/revoke-tokens", ClientOperations.RevokeTokensAsync);
        group.MapPost("/clients/{clientId}/secrets", ClientSecretOperations.AddSecretAsync);
        group.MapDelete("/clients/{clientId}/secrets/{secretId}", ClientSecretOperations.RemoveSecretAsync);
        group.MapPost("/clients/{clientId}/keys", ClientSecretOperations.AddKeyAsync);
        group.MapDelete("/clients/{clientId}/keys/{keyId}", ClientSecretOperations.RemoveKeyAsync);

        group.MapGet("/users", AccountOperations.List);
        group.MapPost("/users", AccountOperations.CreateAsync);
        group.MapGet("/users/{userId}", AccountOperations.Get);
        group.MapPatch("/users/{userId}", AccountOperations.ChangeAsync);
        group.MapDelete("/users/{userId}", AccountOperations.DeleteAsync);
        group.MapPost("/users/{userId}/password", AccountOperations.GivePasswordAsync);
        group.MapPost("/users/{userId}/unlock", AccountOperations.UnlockAsync);
        group.MapPost("/users/{userId}/revoke-tokens", AccountOperations.RevokeTokensAsync);

        group.MapGet("/signing-keys", SigningKeyOperations.List);
        group.MapPost("/signing-keys", SigningKeyOperations.CreateAsync);
        group.MapDelete("/signing-keys/{keyId}", SigningKeyOperations.RetireAsync);
        group.MapGet("/account", AccountRoutes.Get);
        group.MapPut("/account", AccountRoutes.PutAsync);
        group.MapGet("/audit", ListAudit.HandleAsync);
    }
}
