using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.Namespaces;

/// <summary>Identity namespaces, <c>/data/core/idnamespace</c> (contract collection.md 5.1).</summary>
internal static class NamespaceRoutes
{
    internal static RouteGroupBuilder MapNamespaces(this RouteGroupBuilder namespaces)
    {
        namespaces.MapGet("/identities", (Delegate)NamespaceOperations.ListAsync);
        namespaces.MapPost("/identities", (HttpContext http, NamespaceOperations operations) => operations.CreateAsync(http));
        namespaces.MapGet("/identities/{id}", NamespaceOperations.GetAsync);
        namespaces.MapPut("/identities/{id}", (HttpContext http, string id, NamespaceOperations operations) => operations.ChangeAsync(http, id));
        return namespaces;
    }
}
