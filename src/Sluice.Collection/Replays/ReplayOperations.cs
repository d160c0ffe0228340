using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Collection.Batches;

namespace Sluice.Collection.Replays;

/// <summary>Asking for replays, looking how far they are, cancelling them: an API of our own.</summary>
internal sealed class ReplayOperations(ReplayService replays, TimeProvider clock)
{
    private const int MostRunning = 16;
    private const int MaxListed = 500;

    /// <summary><c>POST /replays</c> with <c>from</c> and <c>to</c> (ISO 8601 or ms) or <c>fromOffset</c> and <c>toOffset</c>, and perhaps <c>dataSet</c>.</summary>
    internal async Task<IResult> CreateAsync(HttpContext http)
    {
        var environment = CollectionEnvironment.Of(http);
        var (sent, bodyFault) = await CollectionAnswers.ReadObjectAsync(http.Request, http.RequestAborted);
        if (sent is null)
            return CollectionAnswers.BadRequest(bodyFault!);
        var journal = environment.Journal;
        var rangeFault = ReadRange(sent, journal, out var from, out var to);
        if ((FaultOf(sent) ?? rangeFault) is { } fault)
            return CollectionAnswers.BadRequest(fault);
        var datasetId = sent["dataSet"]?.GetValue<string>() ?? "";

        var windows = await environment.Replays.ListWindowsAsync(from, to, datasetId, http.RequestAborted);
        if (windows.Count == 0)
            return CollectionAnswers.BadRequest($"Nothing that landed lies between the offsets {from} and {to}");
        if (windows[0].FromOffset < journal.StartOffset)
            return CollectionAnswers.BadRequest(
                $"The first window begins at the offset {windows[0].FromOffset}; the journal is kept from {journal.StartOffset} on (Journal:MaxAge, Journal:MaxBytes)");

        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var replay = new Replay
        {
            ReplayId = Ulid.New(now),
            FromOffset = from,
            ToOffset = to,
            DatasetId = datasetId,
            AtOffset = windows[0].FromOffset,
            WindowsTotal = windows.Count,
            BytesTotal = windows.Sum(window => window.NextOffset - window.FromOffset),
            CreatedMs = now,
            CreatedBy = Caller.Of(http).ClientId,
            UpdatedMs = now,
        };
        if (!await environment.Replays.TryAddAsync(replay, MostRunning, http.RequestAborted))
            return CollectionAnswers.Refuse(409, "Conflict", $"{MostRunning} replays are under way; wait for one of them or cancel it");
        replays.Wake(environment);
        http.Response.Headers.Location = $"{ReplayRoutes.Base}/{replay.ReplayId}";
        return CollectionAnswers.Json(Write(replay), StatusCodes.Status202Accepted);
    }

    /// <summary><c>GET /replays</c>, newest first.</summary>
    internal static async Task<IResult> ListAsync(HttpContext http)
    {
        var state = http.Request.Query["state"].ToString();
        var all = await CollectionEnvironment.Of(http).Replays.ListAsync(http.RequestAborted);
        return CollectionAnswers.Json(new JsonObject
        {
            ["replays"] = new JsonArray([.. all.Where(replay => state.Length == 0 || replay.State == state).Take(MaxListed).Select(Write)]),
        });
    }

    /// <summary><c>GET /replays/{id}</c>: how far it is.</summary>
    internal static async Task<IResult> GetAsync(HttpContext http, string replayId) =>
        await CollectionEnvironment.Of(http).Replays.FindAsync(replayId, http.RequestAborted) is { } replay
            ? CollectionAnswers.Json(Write(replay))
            : CollectionAnswers.NotFound($"There is no replay [{replayId}]");

    /// <summary><c>DELETE /replays/{id}</c>: ends it before the next window; those that were exchanged stay so.</summary>
    internal static async Task<IResult> CancelAsync(HttpContext http, string replayId)
    {
        var store = CollectionEnvironment.Of(http).Replays;
        if (await store.FindAsync(replayId, http.RequestAborted) is null)
            return CollectionAnswers.NotFound($"There is no replay [{replayId}]");
        return await store.TryCancelAsync(replayId, http.RequestAborted)
            ? Results.NoContent()
            : CollectionAnswers.Refuse(409, "Conflict", "The replay is over");
    }

    private static string? FaultOf(JsonObject sent)
    {
        foreach (var (name, _) in sent)
        {
            if (name is not ("from" or "to" or "fromOffset" or "toOffset" or "dataSet"))
                return $"'{name}' is not a member of a replay; it has 'from' and 'to', or 'fromOffset' and 'toOffset', and 'dataSet'";
        }
        if (sent["dataSet"] is { } dataset && dataset.GetValueKind() != System.Text.Json.JsonValueKind.String)
            return "'dataSet' must be the id of a dataset";
        return (sent.ContainsKey("from") || sent.ContainsKey("to")) && (sent.ContainsKey("fromOffset") || sent.ContainsKey("toOffset"))
            ? "A replay has times or offsets, not both"
            : null;
    }

    // Without a beginning: from the journal's start; without an end: up to what is there now.
    private static string? ReadRange(JsonObject sent, Journal.EventJournal journal, out long from, out long to)
    {
        (from, to) = (journal.StartOffset, journal.FlushedOffset);
        foreach (var name in new[] { "from", "to", "fromOffset", "toOffset" })
        {
            if (sent[name] is not { } value)
                continue;
            long offset;
            if (name.EndsWith("Offset", StringComparison.Ordinal))
            {
                if (value is not JsonValue number || !number.TryGetValue(out offset) || offset < 0)
                    return $"'{name}' must be a whole number from 0";
            }
            else
            {
                if (!TryReadTime(value, out var time))
                    return $"'{name}' must be a time, as ISO 8601 with its zone or as milliseconds since 1970";
                offset = journal.FindOffset(time);
            }
            if (name.StartsWith("from", StringComparison.Ordinal))
                from = offset;
            else
                to = offset;
        }
        return from < to ? null : "The range is empty: its beginning is not before its end";
    }

    private static bool TryReadTime(JsonNode value, out DateTimeOffset time)
    {
        time = default;
        if (value is JsonValue number && number.TryGetValue(out long ms) && ms is >= 0 and < 253_402_300_800_000)
        {
            time = DateTimeOffset.FromUnixTimeMilliseconds(ms);
            return true;
        }
        return value.GetValueKind() == System.Text.Json.JsonValueKind.String
            && DateTimeOffset.TryParse(value.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }

    private static JsonObject Write(Replay replay) => new()
    {
        ["id"] = replay.ReplayId,
        ["state"] = replay.State,
        ["reason"] = replay.Reason.Length > 0 ? replay.Reason : null,
        ["fromOffset"] = replay.FromOffset,
        ["toOffset"] = replay.ToOffset,
        ["dataSet"] = replay.DatasetId.Length > 0 ? replay.DatasetId : null,
        ["windows"] = new JsonObject { ["total"] = replay.WindowsTotal, ["done"] = replay.WindowsDone },
        ["bytes"] = new JsonObject { ["total"] = replay.BytesTotal, ["done"] = replay.BytesDone },
        ["batchesReplaced"] = replay.BatchesReplaced,
        ["records"] = replay.Records,
        ["created"] = replay.CreatedMs,
        ["createdBy"] = replay.CreatedBy,
        ["updated"] = replay.UpdatedMs,
    };
}
