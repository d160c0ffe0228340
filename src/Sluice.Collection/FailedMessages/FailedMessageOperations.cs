using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Collection.Batches;
using Sluice.Collection.Export;

namespace Sluice.Collection.FailedMessages;

/// <summary>Looking at failed messages by what is wrong with them, and putting a whole group right.</summary>
internal sealed class FailedMessageOperations(FixService fixes, TimeProvider clock)
{
    private const int DefaultPage = 100;
    private const int MaxPage = 500;

    private static readonly string[] GroupOrders = ["count", "firstSeen", "lastSeen", "keyword", "pointer"];

    /// <summary><c>GET /groups</c>: every group with open messages, the largest first.</summary>
    internal static async Task<IResult> ListGroupsAsync(HttpContext http)
    {
        var query = http.Request.Query;
        if (PageOf(query, out var start, out var limit) is { } fault)
            return CollectionAnswers.BadRequest(fault);
        var order = query["orderby"].ToString() is { Length: > 0 } given ? given : "-count";
        if (!GroupOrders.Contains(order.TrimStart('-')))
            return CollectionAnswers.BadRequest($"'orderby' must be one of {string.Join(", ", GroupOrders)}, with - before it for descending");

        var groups = (await ReadGroupsAsync(http)).Where(group =>
            Has(group, "schema", query) && Has(group, "keyword", query) && Has(group, "code", query)
            && HasOwner(group, "dataSet", query["dataSet"]) && HasOwner(group, "inlet", query["inlet"])
            && (query["search"].ToString() is not { Length: > 0 } text || group.ToJsonString(JsonFormat.Readable).Contains(text, StringComparison.OrdinalIgnoreCase)));
        var sorted = groups.OrderBy(group => group[order.TrimStart('-')], Catalog.CatalogOrder.Comparer).ToList();
        if (order[0] == '-')
            sorted.Reverse();
        return Page("groups", [.. sorted.Skip(start).Take(limit)], start, limit, sorted.Count);
    }

    /// <summary><c>GET /groups/{fingerprint}</c>.</summary>
    internal static async Task<IResult> GetGroupAsync(HttpContext http, string fingerprint) =>
        (await ReadGroupsAsync(http)).Find(group => group["fingerprint"]!.GetValue<string>() == fingerprint) is { } found
            ? CollectionAnswers.Json(found)
            : NoSuchGroup(fingerprint);

    /// <summary><c>GET /groups/{fingerprint}/messages</c>: its open messages, whole, oldest first.</summary>
    internal static async Task<IResult> ListMessagesAsync(HttpContext http, string fingerprint)
    {
        if (PageOf(http.Request.Query, out var start, out var limit) is { } fault)
            return CollectionAnswers.BadRequest(fault);
        var environment = CollectionEnvironment.Of(http);
        var rows = await environment.Failures.ListLinesAsync(fingerprint, http.RequestAborted);
        if (rows.Count == 0)
            return NoSuchGroup(fingerprint);

        var messages = new JsonArray();
        long passed = 0;
        foreach (var row in rows)
        {
            if (passed + row.OpenCount > start && messages.Count < limit)
                await AddMessagesAsync(environment, row, (int)Math.Max(0, start - passed), limit, messages, http.RequestAborted);
            passed += row.OpenCount;
        }
        return Page("messages", messages, start, limit, passed);
    }

    /// <summary><c>POST /groups/{fingerprint}/fixes</c> with <c>{"patch":[…],"dryRun":true}</c>.</summary>
    internal async Task<IResult> CreateFixAsync(HttpContext http, string fingerprint)
    {
        var (sent, bodyFault) = await CollectionAnswers.ReadObjectAsync(http.Request, http.RequestAborted);
        if (sent is null)
            return CollectionAnswers.BadRequest(bodyFault!);
        foreach (var (name, _) in sent)
        {
            if (name is not ("patch" or "dryRun"))
                return CollectionAnswers.BadRequest($"'{name}' is not a member of a fix; it has 'patch' and 'dryRun'");
        }
        var patch = sent["patch"] ?? new JsonArray();
        if (JsonPatch.Parse(patch).Fault is { } fault)
            return CollectionAnswers.BadRequest($"'patch': {fault}");
        if (sent["dryRun"] is { } flag && flag.GetValueKind() is not (System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False))
            return CollectionAnswers.BadRequest("'dryRun' must be true or false");

        var environment = CollectionEnvironment.Of(http);
        var rows = await environment.Failures.ListLinesAsync(fingerprint, http.RequestAborted);
        if (rows.Count == 0)
            return NoSuchGroup(fingerprint);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var fix = new Fix
        {
            FixId = Ulid.New(now),
            Fingerprint = fingerprint,
            Patch = patch.ToJsonString(JsonFormat.Readable),
            IsDryRun = sent["dryRun"]?.GetValue<bool>() ?? false,
            LastBatchId = rows[^1].BatchId,
            Total = rows.Sum(row => row.OpenCount),
            CreatedMs = now,
            CreatedBy = Caller.Of(http).ClientId,
            UpdatedMs = now,
        };
        if (!await environment.Fixes.TryAddAsync(fix, http.RequestAborted))
            return CollectionAnswers.Refuse(409, "Conflict", "A fix of this group is under way; wait for it or cancel it");
        fixes.Wake(environment);
        http.Response.Headers.Location = $"{FailedMessageRoutes.Base}/fixes/{fix.FixId}";
        return CollectionAnswers.Json(Write(fix), StatusCodes.Status202Accepted);
    }

    /// <summary><c>GET /fixes</c>, newest first.</summary>
    internal static async Task<IResult> ListFixesAsync(HttpContext http)
    {
        var query = http.Request.Query;
        if (PageOf(query, out var start, out var limit) is { } fault)
            return CollectionAnswers.BadRequest(fault);
        var wanted = (await CollectionEnvironment.Of(http).Fixes.ListAsync(http.RequestAborted)).Where(fix =>
            (query["state"].ToString() is not { Length: > 0 } state || fix.State == state)
            && (query["fingerprint"].ToString() is not { Length: > 0 } fingerprint || fix.Fingerprint == fingerprint)).ToList();
        return Page("fixes", [.. wanted.Skip(start).Take(limit).Select(Write)], start, limit, wanted.Count);
    }

    /// <summary><c>GET /fixes/{id}</c>: how far it is, and what became of the messages.</summary>
    internal static async Task<IResult> GetFixAsync(HttpContext http, string fixId) =>
        await CollectionEnvironment.Of(http).Fixes.FindAsync(fixId, http.RequestAborted) is { } fix
            ? CollectionAnswers.Json(Write(fix))
            : CollectionAnswers.NotFound($"There is no fix [{fixId}]");

    /// <summary><c>DELETE /fixes/{id}</c>: ends it after the step under way; what was stored stays stored.</summary>
    internal static async Task<IResult> CancelFixAsync(HttpContext http, string fixId)
    {
        var environment = CollectionEnvironment.Of(http);
        if (await environment.Fixes.FindAsync(fixId, http.RequestAborted) is null)
            return CollectionAnswers.NotFound($"There is no fix [{fixId}]");
        return await environment.Fixes.TryCancelAsync(fixId, http.RequestAborted)
            ? Results.NoContent()
            : CollectionAnswers.Refuse(409, "Conflict", "The fix is over");
    }

    private static async Task AddMessagesAsync(
        CollectionEnvironment environment, FailureLines row, int skip, int limit, JsonArray messages, CancellationToken cancellation)
    {
        if (await environment.Batches.FindAsync(row.BatchId, cancellation) is not { } batch || LakeFile.OpenLines(environment.Lake, batch.Path) is not { } reader)
            return;
        using (reader)
        {
            var wanted = LineList.Read(row.OpenLines).Skip(skip).Take(limit - messages.Count).ToHashSet();
            for (var number = 0; wanted.Count > 0 && await reader.ReadLineAsync(cancellation) is { } text; number++)
            {
                if (wanted.Remove(number))
                    messages.Add((JsonNode)new JsonObject { ["batchId"] = row.BatchId, ["line"] = number, ["message"] = Parsed(text) });
            }
        }
    }

    // A sender's own key may stand twice; then the text says more than a document that has dropped one.
    private static JsonNode? Parsed(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: new System.Text.Json.JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 256 });
        }
        catch (System.Text.Json.JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static async Task<List<JsonObject>> ReadGroupsAsync(HttpContext http)
    {
        var failures = CollectionEnvironment.Of(http).Failures;
        var groups = (await failures.ListGroupsAsync(http.RequestAborted)).ToDictionary(group => group.Fingerprint);
        var counts = await failures.CountAsync(http.RequestAborted);
        return [.. counts.GroupBy(count => count.Fingerprint).Select(owners => Write(groups[owners.Key], [.. owners]))];
    }

    private static JsonObject Write(FailureGroup group, FailureCount[] owners) => new()
    {
        ["fingerprint"] = group.Fingerprint,
        ["schema"] = group.SchemaId,
        ["code"] = group.Code,
        ["keyword"] = group.Keyword,
        ["pointer"] = group.Pointer,
        ["property"] = group.Property,
        ["message"] = group.Message,
        ["count"] = owners.Sum(owner => owner.OpenCount),
        ["firstSeen"] = owners.Min(owner => owner.FirstMs),
        ["lastSeen"] = owners.Max(owner => owner.LastMs),
        ["owners"] = new JsonArray([.. owners.OrderByDescending(owner => owner.OpenCount)
            .Select(owner => (JsonNode)new JsonObject { ["type"] = owner.OwnerKind, ["id"] = owner.OwnerId, ["count"] = owner.OpenCount })]),
    };

    private static JsonObject Write(Fix fix)
    {
        var document = new JsonObject
        {
            ["id"] = fix.FixId,
            ["fingerprint"] = fix.Fingerprint,
            ["state"] = fix.State,
            ["dryRun"] = fix.IsDryRun,
            ["patch"] = JsonNode.Parse(fix.Patch),
            ["total"] = fix.Total,
            ["processed"] = fix.Passed + fix.Duplicate + fix.Refused + fix.Unreadable,
            ["passed"] = fix.Passed,
            ["duplicate"] = fix.Duplicate,
            ["refused"] = fix.Refused,
            ["unreadable"] = fix.Unreadable,
            ["created"] = fix.CreatedMs,
            ["createdBy"] = fix.CreatedBy,
            ["updated"] = fix.UpdatedMs,
        };
        foreach (var (name, value) in JsonNode.Parse(fix.Detail)!.AsObject())
            document[name] = value?.DeepClone();
        return document;
    }

    private static IResult NoSuchGroup(string fingerprint) =>
        CollectionAnswers.NotFound($"There is no group [{fingerprint}] with open failed messages");

    private static bool Has(JsonObject group, string member, IQueryCollection query) =>
        query[member].ToString() is not { Length: > 0 } wanted || group[member]!.GetValue<string>() == wanted;

    private static bool HasOwner(JsonObject group, string kind, string? id) =>
        string.IsNullOrEmpty(id) || group["owners"]!.AsArray().Any(owner => owner!["type"]!.GetValue<string>() == kind && owner["id"]!.GetValue<string>() == id);

    private static string? PageOf(IQueryCollection query, out int start, out int limit)
    {
        start = 0;
        limit = DefaultPage;
        if (query["start"].ToString() is { Length: > 0 } from && !int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out start))
            return "'start' must be a whole number from 0";
        if (query["limit"].ToString() is { Length: > 0 } most
            && (!int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxPage))
            return $"'limit' must be a whole number from 1 to {MaxPage}";
        return null;
    }

    private static IResult Page(string name, JsonArray items, int start, int limit, long total) => CollectionAnswers.Json(new JsonObject
    {
        ["_page"] = new JsonObject { ["start"] = start, ["limit"] = limit, ["count"] = items.Count, ["total"] = total },
        [name] = items,
    });
}
