using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Deployments;
using Sluice.Storage;

namespace Sluice.Gateway.Management;

/// <summary>Entities of an environment that are kept as their JSON: caches, target servers and references (contract gateway.md 2.4, 3.3). One family, told apart by what is checked.</summary>
internal sealed class EntityRoutes(string kind, string path, string title, int most, Func<JsonObject, GatewayEnvironment, string?> check)
{
    private const int MaxNameCharacters = 255;

    internal void Map(IEndpointRouteBuilder environment)
    {
        environment.On("GET", path, call => InEnvironmentAsync(call, ListAsync));
        environment.On("POST", path, call => InEnvironmentAsync(call, CreateAsync));
        environment.On("GET", path + "/{entity}", call => InEnvironmentAsync(call, GetAsync));
        environment.On("PUT", path + "/{entity}", call => InEnvironmentAsync(call, ChangeAsync));
        environment.On("POST", path + "/{entity}", call => InEnvironmentAsync(call, ChangeAsync));
        environment.On("DELETE", path + "/{entity}", call => InEnvironmentAsync(call, DeleteAsync));
    }

    internal static Task<IResult> InEnvironmentAsync(ManagementCall call, Func<ManagementCall, GatewayEnvironment, Task<IResult>> handle) =>
        call.Environment() is { } environment ? handle(call, environment) : Task.FromResult(ManagementAnswers.NoEnvironment(call.Path("env")));

    private async Task<IResult> ListAsync(ManagementCall call, GatewayEnvironment environment) => ManagementAnswers.Names(
        await environment.Storage.Sql.ReadAsync(session => session.QueryAsync<string>("select name from gateway_entity where kind = @kind order by name", new { kind }), call.Cancellation));

    private async Task<IResult> CreateAsync(ManagementCall call, GatewayEnvironment environment)
    {
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        var name = call.Query("name") ?? body["name"]?.ToString();
        if (name is not { Length: > 0 and <= MaxNameCharacters } || !BundleReader.IsName(name))
            return ManagementAnswers.Bad($"A {title} has a name: letters, digits, . _ - $ % and blank");
        if (check(body, environment) is { } fault)
            return ManagementAnswers.Bad(fault);
        body["name"] = name;
        var now = Now(environment);
        var outcome = await environment.ChangeEntitiesAsync(async session =>
        {
            if (await session.FindAsync<long>("select count(*) from gateway_entity where kind = @kind", new { kind }) >= most)
                return -1;
            return await session.ExecuteAsync(
                "insert into gateway_entity (kind, name, body, created_ms, modified_ms) values (@kind, @name, @body, @now, @now) on conflict (kind, name) do nothing",
                new { kind, name, body = body.ToJsonString(), now });
        }, call.Cancellation);
        return outcome switch
        {
            -1 => ManagementAnswers.Refuse(400, "TooMany", $"There are {most} of {title} in this environment already"),
            0 => ManagementAnswers.Refuse(409, "messaging.config.beans.ResourceReferenceAlreadyExists", $"{title} {name} exists already"),
            _ => ManagementAnswers.Json(201, body),
        };
    }

    private async Task<IResult> GetAsync(ManagementCall call, GatewayEnvironment environment) =>
        await FindAsync(environment.Storage.Sql, call.Path("entity"), call.Cancellation) is { } body ? ManagementAnswers.Ok(JsonNode.Parse(body)!) : Missing(call);

    private async Task<IResult> ChangeAsync(ManagementCall call, GatewayEnvironment environment)
    {
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        if (check(body, environment) is { } fault)
            return ManagementAnswers.Bad(fault);
        var name = call.Path("entity");
        body["name"] = name;
        var now = Now(environment);
        var changed = await environment.ChangeEntitiesAsync(
            session => session.ExecuteAsync("update gateway_entity set body = @body, modified_ms = @now where kind = @kind and name = @name", new { kind, name, body = body.ToJsonString(), now }), call.Cancellation);
        return changed == 0 ? Missing(call) : ManagementAnswers.Ok(body);
    }

    private async Task<IResult> DeleteAsync(ManagementCall call, GatewayEnvironment environment)
    {
        var name = call.Path("entity");
        if (await FindAsync(environment.Storage.Sql, name, call.Cancellation) is not { } body)
            return Missing(call);
        await environment.ChangeEntitiesAsync(session => session.ExecuteAsync("delete from gateway_entity where kind = @kind and name = @name", new { kind, name }), call.Cancellation);
        if (kind == EnvironmentEntities.CacheKind)
            await environment.Services.Caches.RemoveByKeyAsync(name, "", withChildren: true, call.Cancellation);
        return ManagementAnswers.Ok(JsonNode.Parse(body)!);
    }

    private Task<string?> FindAsync(SqlStore sql, string name, CancellationToken cancellation) =>
        sql.ReadAsync(session => session.FindAsync<string>("select body from gateway_entity where kind = @kind and name = @name", new { kind, name }), cancellation);

    private IResult Missing(ManagementCall call) => ManagementAnswers.NoResource(title, call.Path("entity"));

    private static long Now(GatewayEnvironment environment) => environment.Services.Clock.GetUtcNow().ToUnixTimeMilliseconds();
}
