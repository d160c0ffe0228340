using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Access;

namespace Sluice.Collection.Namespaces;

/// <summary>Listing, making and renaming namespaces; none is ever removed (contract collection.md 5.1).</summary>
internal sealed class NamespaceOperations(TimeProvider clock)
{
    private const string BadRequest = "INVALID_REQUEST_PARAMS";

    /// <summary><c>GET /identities</c>: the standard ones, then the organisation's own, as an array.</summary>
    internal static async Task<IResult> ListAsync(HttpContext http)
    {
        var custom = await CollectionEnvironment.Of(http).Namespaces.ListAsync(http.RequestAborted);
        return CollectionAnswers.Json(new JsonArray([.. StandardNamespaces.All.Concat(custom).Select(NamespaceBody.Write)]));
    }

    /// <summary><c>GET /identities/{id}</c>.</summary>
    internal static async Task<IResult> GetAsync(HttpContext http, string id) =>
        await FindAsync(http, id) is { } found ? CollectionAnswers.Json(NamespaceBody.Write(found)) : NoSuchNamespace(id);

    /// <summary><c>POST /identities</c>.</summary>
    internal async Task<IResult> CreateAsync(HttpContext http)
    {
        var environment = CollectionEnvironment.Of(http);
        var (sent, fault) = await CollectionAnswers.ReadObjectAsync(http.Request, http.RequestAborted);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var added = new IdentityNamespace { CreatedMs = now, CreatedBy = Caller.Of(http).ClientId, ModifiedMs = now };
        if ((fault ?? NamespaceBody.Fill(sent!, added)) is { } reason)
            return CollectionAnswers.Refuse(400, BadRequest, reason);
        if (StandardNamespaces.Has(added.FoldedCode))
            return CodeTaken(added.Code);
        if (await environment.Namespaces.CountAsync(http.RequestAborted) >= NamespaceStore.MaxCustom)
            return CollectionAnswers.Refuse(400, BadRequest, $"There are {NamespaceStore.MaxCustom} custom namespaces already, which is the most");
        if (!await environment.Namespaces.TryAddAsync(added, http.RequestAborted))
            return CodeTaken(added.Code);

        await environment.ReloadRoutesAsync(http.RequestAborted);
        return CollectionAnswers.Json(NamespaceBody.Write(added));
    }

    /// <summary><c>PUT /identities/{id}</c>: name and description.</summary>
    internal async Task<IResult> ChangeAsync(HttpContext http, string id)
    {
        var (sent, fault) = await CollectionAnswers.ReadObjectAsync(http.Request, http.RequestAborted);
        if (await FindAsync(http, id) is not { } found)
            return NoSuchNamespace(id);
        if (!found.IsCustom)
            return CollectionAnswers.Refuse(400, BadRequest, $"[{found.Code}] is a standard namespace and cannot be changed");
        if ((fault ?? NamespaceBody.Change(sent!, found)) is { } reason)
            return CollectionAnswers.Refuse(400, BadRequest, reason);

        found.ModifiedMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await CollectionEnvironment.Of(http).Namespaces.UpdateAsync(found, http.RequestAborted);
        return CollectionAnswers.Json(NamespaceBody.Write(found));
    }

    private static async Task<IdentityNamespace?> FindAsync(HttpContext http, string id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? StandardNamespaces.All.FirstOrDefault(one => one.Id == number)
                ?? await CollectionEnvironment.Of(http).Namespaces.FindAsync(number, http.RequestAborted)
            : null;

    private static IResult NoSuchNamespace(string id) => CollectionAnswers.NotFound($"There is no namespace [{id}]");

    private static IResult CodeTaken(string code) => CollectionAnswers.Refuse(
        409, "NAMESPACE_CODE_CONFLICT", $"There is a namespace with the code [{code}] already; codes are compared without regard to case");
}
