using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Access;

namespace Sluice.Collection.Inlets;

/// <summary>The five verbs of <c>/data/core/edge/inlet</c> (contract collection.md 2.1).</summary>
internal sealed class InletOperations(AccessRuntime access, CollectionOptions options, TimeProvider clock)
{
    private static readonly string[] Filters = ["dataType", "name", "sourceId", "status", "authenticationRequired"];

    internal async Task<IResult> ListAsync(HttpContext http)
    {
        var environment = CollectionEnvironment.Of(http);
        var query = http.Request.Query;
        var items = new JsonArray();
        foreach (var inlet in await environment.Inlets.ListAsync(http.RequestAborted))
        {
            var document = Write(inlet, http);
            var isWanted = Filters.All(
                filter => !query.TryGetValue(filter, out var wanted)
                    || string.Equals(document[filter]!.ToString(), wanted, StringComparison.OrdinalIgnoreCase));
            if (isWanted)
                items.Add((JsonNode)document);
        }
        return CollectionAnswers.Json(new JsonObject { ["items"] = items, ["total"] = items.Count });
    }

    internal async Task<IResult> CreateAsync(HttpContext http)
    {
        var environment = CollectionEnvironment.Of(http);
        var (sent, fault) = await CollectionAnswers.ReadObjectAsync(http.Request, http.RequestAborted);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var caller = Caller.Of(http);
        var inlet = new Inlet
        {
            InletId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            CreatedMs = now,
            CreatedBy = caller.ClientId,
            ModifiedMs = now,
            ModifiedBy = caller.ClientId,
        };
        if ((fault ?? InletBody.Apply(sent!, inlet)) is { } reason)
            return CollectionAnswers.BadRequest(reason);
        if (!await environment.Inlets.TryAddAsync(inlet, http.RequestAborted))
            return CollectionAnswers.Refuse(409, "Conflict", "Inlet already exists");

        await environment.ReloadRoutesAsync(http.RequestAborted);
        return CollectionAnswers.Json(Write(inlet, http));
    }

    internal async Task<IResult> GetAsync(HttpContext http, string inletId) =>
        await CollectionEnvironment.Of(http).Inlets.FindAsync(inletId, http.RequestAborted) is { } inlet
            ? CollectionAnswers.Json(Write(inlet, http))
            : NoSuchInlet(404, inletId);

    internal async Task<IResult> ReplaceAsync(HttpContext http, string inletId)
    {
        var environment = CollectionEnvironment.Of(http);
        var (sent, fault) = await CollectionAnswers.ReadObjectAsync(http.Request, http.RequestAborted);
        if (await environment.Inlets.FindAsync(inletId, http.RequestAborted) is not { } inlet)
            return NoSuchInlet(400, inletId); // 400, not 404: contract 2.1

        inlet.ModifiedMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        inlet.ModifiedBy = Caller.Of(http).ClientId;
        if ((fault ?? InletBody.Apply(sent!, inlet)) is { } reason)
            return CollectionAnswers.BadRequest(reason);
        if (!await environment.Inlets.TryUpdateAsync(inlet, http.RequestAborted))
            return CollectionAnswers.Refuse(409, "Conflict", "Somebody else changed the inlet meanwhile; read it again");

        await environment.ReloadRoutesAsync(http.RequestAborted);
        return CollectionAnswers.Json(Write(inlet, http));
    }

    internal async Task<IResult> RemoveAsync(HttpContext http, string inletId)
    {
        var environment = CollectionEnvironment.Of(http);
        if (await environment.Inlets.FindAsync(inletId, http.RequestAborted) is not { } inlet
            || !await environment.Inlets.TryRemoveAsync(inletId, http.RequestAborted))
            return NoSuchInlet(404, inletId);

        await environment.ReloadRoutesAsync(http.RequestAborted);
        return CollectionAnswers.Json(Write(inlet, http));
    }

    private JsonObject Write(Inlet inlet, HttpContext http)
    {
        var document = InletBody.Write(inlet, access.Organisation.OrgId, http.Request, options.PublicAddress);
        // A flow may have given it a default dataset.
        if (CollectionEnvironment.Of(http).Routes.FindInlet(inlet.InletId)?.DefaultDataset is { } dataset)
            document["datasetId"] = Encoding.UTF8.GetString(dataset.Id);
        return document;
    }

    private static IResult NoSuchInlet(int status, string inletId) =>
        CollectionAnswers.Refuse(status, status == 404 ? "Not Found" : "Bad Request", $"There is no inlet [{inletId}]");
}
