using Microsoft.AspNetCore.Http;
using Sluice.Access;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>Reading unions, which nobody writes (contract collection.md 3.4).</summary>
internal sealed class UnionOperations(AccessRuntime access, TimeProvider clock)
{
    internal IResult List(HttpContext http)
    {
        var (form, fault) = AcceptForm.ForList(http.Request.Headers.Accept.ToString());
        if (form is null)
            return RegistryAnswers.Refuse(fault!, clock);
        if (ListQuery.Parse(http.Request.Query, out var query) is { } reason)
            return RegistryAnswers.Refuse(RegistryFault.BadQuery(reason), clock);
        var all = UnionView.All(CollectionEnvironment.Of(http).Registry.Current.Library).Select(one => one.Write(access.Organisation.OrgId));
        return RegistryAnswers.Json(
            query.Apply(all, document => form.Shape == "id" ? ResourceView.Short(document) : document, "tenant/unions"), mediaType: form.MediaType);
    }

    internal IResult Get(HttpContext http, string encodedId)
    {
        var id = ResourceIds.FromPath(encodedId);
        var (form, fault) = AcceptForm.ForLookup(http.Request.Headers.Accept.ToString());
        if (form is null)
            return RegistryAnswers.Refuse(fault!, clock);
        var library = CollectionEnvironment.Of(http).Registry.Current.Library;
        return UnionView.Find(library, ResourceIds.ClassOfUnion(id) ?? id) is { } union
            ? RegistryAnswers.Json(
                ResourceView.Write(union, form, access.Organisation.OrgId), mediaType: form.IsPlain ? form.MediaType : $"{form.MediaType}; version=1")
            : RegistryAnswers.Refuse(RegistryFault.NotFound(ResourceType.Union, id), clock);
    }
}
