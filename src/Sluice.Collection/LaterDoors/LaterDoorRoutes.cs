using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.LaterDoors;

/// <summary>Identity graph, profiles and segments belong to a door that is not there yet; their paths say so (contract collection.md 5.3 to 5.5).</summary>
internal static class LaterDoorRoutes
{
    private static readonly string[] Verbs = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    internal static RouteGroupBuilder MapIdentityGraph(this RouteGroupBuilder identity)
    {
        identity.MapMethods("/{**rest}", Verbs, () => NotOffered(
            "The identity graph is not offered yet. The identities of every message are in its record; namespaces are at /data/core/idnamespace"));
        return identity;
    }

    internal static RouteGroupBuilder MapProfiles(this RouteGroupBuilder profiles)
    {
        profiles.MapMethods("/segment/{**rest}", Verbs, () => NotOffered("Segmentation is not offered yet"));
        foreach (var counting in new[] { "/preview/{**rest}", "/estimate/{**rest}" })
            profiles.MapMethods(counting, Verbs, () => NotOffered("Segmentation is not offered yet"));
        profiles.MapMethods("/{**rest}", Verbs, () => NotOffered(
            "Profile access is not offered yet. What arrived in a dataset is at /data/foundation/export"));
        return profiles;
    }

    private static IResult NotOffered(string detail) => CollectionAnswers.Refuse(501, "Not Implemented", detail);
}
