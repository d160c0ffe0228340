using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>What a program with pages has to know of the caller, to show what is open to them and nothing else.</summary>
/// <param name="Name">The user's name, else the client's id.</param>
/// <param name="IsAdmin">Whether it administers.</param>
/// <param name="OrgId">The organisation's id.</param>
/// <param name="Organization">The organisation's name in the paths of the Gateway API.</param>
/// <param name="Environments">Where it may work.</param>
/// <param name="Wildcards">The rights it holds on everything of a kind; those on single objects and data sources come beside them.</param>
internal sealed record TellSelfView(string Name, bool IsAdmin, string OrgId, string Organization, IReadOnlyList<string> Environments, IReadOnlyList<string> Wildcards);

/// <summary><c>GET /api/sluice/v1/self</c>: who I am and what I may do; nothing is made by asking.</summary>
internal static class TellSelf
{
    internal static IResult Handle(HttpContext http, AccessRuntime access)
    {
        var caller = Caller.Of(http);
        var environments = access.Environments.All.Where(caller.MayUse).Select(name => name.Value);
        var wildcards = RightNames.Wildcards.Where(caller.Has);
        return Results.Json(
            new TellSelfView(caller.Name, caller.IsAdmin, caller.OrgId, caller.Organisation.TenantId, [.. environments], [.. wildcards]), TellSelfJson.Default.TellSelfView);
    }
}

/// <summary>How the answer looks.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TellSelfView))]
internal sealed partial class TellSelfJson : JsonSerializerContext;
