using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Access;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>The verbs of <c>/tenant/descriptors</c> (contract collection.md 3.1, 3.2, 3.4).</summary>
internal sealed class DescriptorOperations(AccessRuntime access, TimeProvider clock)
{
    private const int MaxDescriptors = 50_000; // of a tenant in one environment

    /// <summary>Ids, links and bodies come grouped by kind; the paged form is a list as any other.</summary>
    internal IResult List(HttpContext http)
    {
        var (form, fault) = AcceptForm.ForDescriptorList(http.Request.Headers.Accept.ToString());
        if (form is null)
            return Refuse(fault!);
        if (ListQuery.Parse(http.Request.Query, out var query) is { } reason)
            return Refuse(RegistryFault.BadQuery(reason));

        var library = CollectionEnvironment.Of(http).Registry.Current.Library;
        var all = library.Descriptors.Select(one => DescriptorView.Whole(one, access.Organisation.OrgId));
        var isPaged = form.IsPlain || form.Shape == "v2";
        var page = query.Apply(all, document => document, "tenant/descriptors", isWhole: !isPaged, defaultOrder: "created");
        if (isPaged)
            return RegistryAnswers.Json(page, mediaType: form.MediaType);

        var byKind = new JsonObject();
        foreach (var document in page["results"]!.AsArray().ToList())
        {
            var kind = document!["@type"]!.GetValue<string>();
            var id = document["@id"]!.GetValue<string>();
            if (byKind[kind] is not JsonArray list)
                byKind[kind] = list = [];
            list.Add(form.Shape switch { "id" => id, "link" => $"/tenant/descriptors/{id}", _ => document.DeepClone() });
        }
        return RegistryAnswers.Json(byKind, mediaType: form.MediaType);
    }

    internal IResult Get(HttpContext http, string descriptorId)
    {
        var (form, fault) = AcceptForm.ForDescriptor(http.Request.Headers.Accept.ToString());
        if (form is null)
            return Refuse(fault!);
        return CollectionEnvironment.Of(http).Registry.Current.Library.FindDescriptor(descriptorId) is { } one
            ? RegistryAnswers.Json(DescriptorView.Whole(one, access.Organisation.OrgId), mediaType: form.MediaType)
            : Refuse(RegistryFault.DescriptorNotFound(descriptorId));
    }

    internal async Task<IResult> CreateAsync(HttpContext http)
    {
        var (sent, fault) = await RegistryAnswers.ReadObjectAsync(http);
        if (sent is null)
            return Refuse(fault!);
        DescriptorView.Clean(sent);
        var audit = AuditOf(http);
        var created = new Descriptor(ResourceIds.NewHex(), RegistryAnswers.Element(sent), new ResourceStamp(audit.AtMs, audit.ClientId, audit.AtMs, audit.ClientId, 1));
        return await ChangeAsync(http, created.Id, 201, library => library.Descriptors.Count >= MaxDescriptors
            ? (null, RegistryFault.BadDescriptor($"A tenant must not have more than {MaxDescriptors} descriptors"))
            : (new RegistryChange { PutDescriptors = [created] }, null));
    }

    internal async Task<IResult> ReplaceAsync(HttpContext http, string descriptorId)
    {
        var (sent, fault) = await RegistryAnswers.ReadObjectAsync(http);
        if (sent is null)
            return Refuse(fault!);
        DescriptorView.Clean(sent);
        var audit = AuditOf(http);
        return await ChangeAsync(http, descriptorId, 200, library =>
        {
            if (library.FindDescriptor(descriptorId) is not { } old)
                return (null, RegistryFault.DescriptorNotFound(descriptorId));
            var changed = new Descriptor(old.Id, RegistryAnswers.Element(sent), old.Stamp.Next(audit.AtMs, audit.ClientId));
            return changed.SchemaId == old.SchemaId
                ? (new RegistryChange { PutDescriptors = [changed] }, null)
                : (null, RegistryFault.BadDescriptor("'xdm:sourceSchema' cannot be changed; delete the descriptor and create another"));
        });
    }

    internal Task<IResult> RemoveAsync(HttpContext http, string descriptorId) => ChangeAsync(http, null, 204, library =>
        library.FindDescriptor(descriptorId) is null
            ? (null, RegistryFault.DescriptorNotFound(descriptorId))
            : (new RegistryChange { RemovedDescriptorId = descriptorId }, null));

    private async Task<IResult> ChangeAsync(
        HttpContext http, string? shown, int status, Func<RegistryLibrary, (RegistryChange? Change, RegistryFault? Fault)> decide)
    {
        var environment = CollectionEnvironment.Of(http);
        var (after, fault) = await environment.Registry.ChangeAsync(decide, new ChangeCheck(environment), AuditOf(http), http.RequestAborted);
        if (after is null)
            return Refuse(fault!);
        await environment.ReloadRoutesAsync(http.RequestAborted);
        return shown is null
            ? Results.StatusCode(status)
            : RegistryAnswers.Json(DescriptorView.Whole(after.Library.FindDescriptor(shown)!, access.Organisation.OrgId), status);
    }

    private Audit AuditOf(HttpContext http) => new("descriptor", Caller.Of(http).ClientId, clock.GetUtcNow().ToUnixTimeMilliseconds(), []);

    private IResult Refuse(RegistryFault fault) => RegistryAnswers.Refuse(fault, clock);
}
