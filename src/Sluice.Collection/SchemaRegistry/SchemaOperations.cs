using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Schemas;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>Creating, listing and reading tenant schemas (contract collection.md 3.1 to 3.3).</summary>
internal sealed class SchemaOperations(AccessRuntime access, TimeProvider clock)
{
    private const int MaxTitleCharacters = 512;

    internal async Task<IResult> CreateAsync(HttpContext http)
    {
        var environment = CollectionEnvironment.Of(http);
        var (sent, fault) = await CollectionAnswers.ReadObjectAsync(http.Request, http.RequestAborted);
        if (sent is null)
            return RegistryRefusal.BadSchema(fault!, clock);
        if (sent["title"] is not JsonValue title || title.GetValueKind() != JsonValueKind.String
            || title.GetValue<string>() is not { Length: > 0 and <= MaxTitleCharacters } titleText)
            return RegistryRefusal.BadSchema($"'title' must be a string of 1 to {MaxTitleCharacters} characters", clock);
        if (sent.ContainsKey("$id"))
            return RegistryRefusal.BadSchema("'$id' is given by the registry; leave it out", clock);

        var tenantId = access.Organisation.TenantId;
        var hex = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var schema = new SchemaResource
        {
            SchemaId = SchemaIds.Full(tenantId, hex),
            AltId = SchemaIds.Alternate(tenantId, hex),
            Title = titleText,
            CreatedMs = now,
            CreatedBy = Caller.Of(http).ClientId,
            ModifiedMs = now,
            Version = 1,
        };
        AddServerMembers(sent, schema);
        schema.Document = sent.ToJsonString(JsonFormat.Readable);

        try
        {
            _ = SchemaCompiler.Compile(schema.Document);
        }
        catch (SchemaException error)
        {
            return RegistryRefusal.BadSchema(error.Message, clock);
        }

        await environment.Schemas.AddAsync(schema, http.RequestAborted);
        await environment.ReloadRoutesAsync(http.RequestAborted);
        return CollectionAnswers.Json(sent, 201);
    }

    internal async Task<IResult> ListAsync(HttpContext http)
    {
        var accept = http.Request.Headers.Accept.ToString();
        var form = AcceptForm.Parse(accept);
        if (form == AcceptForm.Kind.Unknown)
            return RegistryRefusal.BadListAccept(accept, clock);

        var results = new JsonArray();
        foreach (var schema in await CollectionEnvironment.Of(http).Schemas.ListAsync(http.RequestAborted))
        {
            results.Add(form == AcceptForm.Kind.Id
                ? new JsonObject { ["$id"] = schema.SchemaId, ["meta:altId"] = schema.AltId, ["title"] = schema.Title, ["version"] = VersionText(schema) }
                : JsonNode.Parse(schema.Document));
        }
        return CollectionAnswers.Json(new JsonObject
        {
            ["results"] = results,
            ["_page"] = new JsonObject { ["orderby"] = "created", ["next"] = null, ["count"] = results.Count },
            ["_links"] = new JsonObject { ["next"] = null },
        });
    }

    internal async Task<IResult> GetAsync(HttpContext http, string schemaId)
    {
        var accept = http.Request.Headers.Accept.ToString();
        if (AcceptForm.Parse(accept) == AcceptForm.Kind.Unknown)
            return RegistryRefusal.BadLookupAccept(accept, clock);

        // A client may have encoded the id once more than the server decodes.
        var id = Uri.UnescapeDataString(schemaId);
        return await CollectionEnvironment.Of(http).Schemas.FindAsync(access.Organisation.TenantId, id, http.RequestAborted) is { } schema
            ? Results.Text(schema.Document, "application/json")
            : RegistryRefusal.NotFound(id, clock);
    }

    private void AddServerMembers(JsonObject document, SchemaResource schema)
    {
        document["$id"] = schema.SchemaId;
        document["meta:altId"] = schema.AltId;
        document["meta:resourceType"] = "schemas";
        document["version"] = VersionText(schema);
        document["imsOrg"] = access.Organisation.OrgId;
        document["meta:containerId"] = "tenant";
        document["meta:tenantNamespace"] = "_" + access.Organisation.TenantId;
        document["meta:registryMetadata"] = new JsonObject
        {
            ["repo:createdDate"] = schema.CreatedMs,
            ["repo:lastModifiedDate"] = schema.ModifiedMs,
            ["xdm:createdClientId"] = schema.CreatedBy,
            ["xdm:lastModifiedClientId"] = schema.CreatedBy,
        };
    }

    private static string VersionText(SchemaResource schema) => $"1.{schema.Version - 1}";
}
