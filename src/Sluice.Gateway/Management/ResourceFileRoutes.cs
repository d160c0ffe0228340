using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Deployments;
using Sluice.Gateway.Flow;

namespace Sluice.Gateway.Management;

/// <summary>Resource files of an environment (contract gateway.md 3.7): property sets, which flows see as soon as they are written. Other types belong to bundles here.</summary>
internal static class ResourceFileRoutes
{
    private const int MostFiles = 100;
    private const int MaxFileBytes = 256 << 10;
    private const string Kind = EnvironmentEntities.PropertySetKind;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static void Map(IEndpointRouteBuilder environment)
    {
        environment.On("GET", "/resourcefiles", call => EntityRoutes.InEnvironmentAsync(call, ListAsync));
        environment.On("POST", "/resourcefiles", call => EntityRoutes.InEnvironmentAsync(call, CreateAsync));
        environment.On("GET", "/resourcefiles/{type}", call => OfTypeAsync(call, ListAsync));
        environment.On("POST", "/resourcefiles/{type}", call => OfTypeAsync(call, CreateAsync));
        environment.On("GET", "/resourcefiles/{type}/{name}", call => OfTypeAsync(call, GetAsync));
        environment.On("PUT", "/resourcefiles/{type}/{name}", call => OfTypeAsync(call, ChangeAsync));
        environment.On("DELETE", "/resourcefiles/{type}/{name}", call => OfTypeAsync(call, DeleteAsync));
    }

    private static async Task<IResult> ListAsync(ManagementCall call, GatewayEnvironment environment)
    {
        var names = await environment.Storage.Sql.ReadAsync(session => session.QueryAsync<string>("select name from gateway_entity where kind = @kind order by name", new { kind = Kind }), call.Cancellation);
        return ManagementAnswers.Ok(new JsonObject { ["resourceFile"] = new JsonArray([.. names.Select(name => (JsonNode)Describe(name))]) });
    }

    private static async Task<IResult> CreateAsync(ManagementCall call, GatewayEnvironment environment)
    {
        if ((call.Query("type") ?? call.Path("type")) is var type && type != PropertySets.Type)
            return NoType(type);
        var name = call.Query("name") ?? "";
        if (!BundleReader.IsName(name))
            return ManagementAnswers.Bad("name is missing: letters, digits, . _ - $ % and blank");
        var (content, fault) = await ReadAsync(call);
        if (content is null)
            return ManagementAnswers.Bad(fault!);
        var outcome = await environment.ChangeEntitiesAsync(async session =>
            // "a" and "a.properties" would be one set.
            (await session.QueryAsync<string>("select name from gateway_entity where kind = @kind", new { kind = Kind })).Exists(one => PropertySets.SetOf(one) == PropertySets.SetOf(name))
                ? AddOutcome.Exists
                : await EntityRows.AddAsync(session, Kind, name, new JsonObject { ["content"] = content }, call.NowMs, MostFiles), call.Cancellation);
        return outcome switch
        {
            AddOutcome.TooMany => ManagementAnswers.Refuse(400, "TooMany", $"There are {MostFiles} resource files in this environment already"),
            AddOutcome.Exists => ManagementAnswers.Refuse(409, "messaging.config.beans.ResourceReferenceAlreadyExists", $"Resource file {name} of type {type} exists already"),
            _ => ManagementAnswers.Json(201, Describe(name)),
        };
    }

    private static async Task<IResult> GetAsync(ManagementCall call, GatewayEnvironment environment)
    {
        var name = call.Path("name");
        return await environment.Storage.Sql.ReadAsync(session => EntityRows.FindAsync(session, Kind, name), call.Cancellation) is { } body
            ? Results.Bytes(Encoding.UTF8.GetBytes(JsonNode.Parse(body)!["content"]!.ToString()), "application/octet-stream")
            : Missing(name);
    }

    private static async Task<IResult> ChangeAsync(ManagementCall call, GatewayEnvironment environment)
    {
        var (content, fault) = await ReadAsync(call);
        if (content is null)
            return ManagementAnswers.Bad(fault!);
        var name = call.Path("name");
        var changed = await environment.ChangeEntitiesAsync(session => EntityRows.ChangeAsync(session, Kind, name, new JsonObject { ["content"] = content }, call.NowMs), call.Cancellation);
        return changed == 0 ? Missing(name) : ManagementAnswers.Ok(Describe(name));
    }

    private static async Task<IResult> DeleteAsync(ManagementCall call, GatewayEnvironment environment)
    {
        var name = call.Path("name");
        var removed = await environment.ChangeEntitiesAsync(session => EntityRows.RemoveAsync(session, Kind, name), call.Cancellation);
        return removed == 0 ? Missing(name) : ManagementAnswers.Ok(Describe(name));
    }

    private static async Task<(string? Content, string? Fault)> ReadAsync(ManagementCall call)
    {
        if (await Upload.ReadAsync(call, MaxFileBytes) is not { } upload)
            return (null, $"The body is to be a file of at most {MaxFileBytes} bytes: application/octet-stream, or multipart/form-data with a file");
        try
        {
            var content = Strict.GetString(upload.Find(Upload.File) ?? []);
            return content.Contains('\0', StringComparison.Ordinal) ? (null, "The file holds a character that is none") : (content, null);
        }
        catch (DecoderFallbackException)
        {
            return (null, "The file is not UTF-8");
        }
    }

    private static Task<IResult> OfTypeAsync(ManagementCall call, Func<ManagementCall, GatewayEnvironment, Task<IResult>> handle) =>
        call.Path("type") == PropertySets.Type ? EntityRoutes.InEnvironmentAsync(call, handle) : Task.FromResult(NoType(call.Path("type")));

    private static IResult NoType(string type) =>
        ManagementAnswers.Bad($"type is '{type}'; environments of this gateway keep files of type {PropertySets.Type}, all others belong into a bundle's resources");

    private static IResult Missing(string name) => ManagementAnswers.NoResource("Resource file", name);

    private static JsonObject Describe(string name) => new() { ["name"] = name, ["type"] = PropertySets.Type };
}
