using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>A page of the audit log, newest first; <paramref name="Next"/> is the <c>before</c> of the next page, null on the last.</summary>
internal sealed record AuditPage(IReadOnlyList<AuditEntry> Items, long? Next);

/// <summary><c>GET /api/sluice/v1/audit</c>: sign-ins, grants, refusals and changes, filtered by <c>kind, outcome, actor, clientId, subject, from, to</c>.</summary>
internal static class ListAudit
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    internal static async Task<IResult> HandleAsync(HttpContext http, AccessRuntime access)
    {
        var (limit, limitFault) = AdministrationRequests.Number(http, "limit", DefaultLimit, 1, MaxLimit);
        var (before, beforeFault) = AdministrationRequests.Number(http, "before", long.MaxValue, 1, long.MaxValue);
        var (from, fromFault) = AdministrationRequests.Number(http, "from", 0, 0, long.MaxValue);
        var (to, toFault) = AdministrationRequests.Number(http, "to", long.MaxValue, 0, long.MaxValue);
        if ((limitFault ?? beforeFault ?? fromFault ?? toFault) is { } fault)
            return AccessAnswers.Problem(400, fault);

        var query = new AuditQuery(
            before, from, to, Text("kind"), Text("outcome"), Text("actor"), Text("clientId"), Text("subject"), (int)limit + 1);
        var found = await access.Audit.ListAsync(query, http.RequestAborted);
        var page = found.Count > limit ? found[..(int)limit] : found;
        return Results.Json(new AuditPage(page, found.Count > limit ? page[^1].Seq : null), AuditJson.Default.AuditPage);

        string Text(string name) => http.Request.Query[name].ToString().Replace("\0", "", StringComparison.Ordinal);
    }
}

/// <summary>How the audit log looks.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AuditPage))]
internal sealed partial class AuditJson : JsonSerializerContext;
