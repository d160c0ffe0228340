using System.Collections.Frozen;

namespace Sluice.Collection.Batches;

/// <summary>Which status may follow which (contract collection.md 4.2); what is not named here is refused by name.</summary>
internal static class BatchLifeCycle
{
    // What landing cut is final but for these steps: its files are there and nothing loads them again.
    private static readonly FrozenDictionary<string, string[]> OfStreaming = new Dictionary<string, string[]>
    {
        ["success"] = ["inactive", "deleted"],
        ["failed"] = ["deleted"],
        ["inactive"] = ["deleted"],
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string[]> OfRegistered = new Dictionary<string, string[]>
    {
        ["loading"] = ["loaded", "aborted", "abandoned", "failed", "failure", "deleted"],
        ["loaded"] = ["queued", "staging", "processing", "staged", "active", "success", "failed", "failure", "retrying", "deleted"],
        ["queued"] = ["staging", "processing", "staged", "active", "success", "failed", "failure", "retrying", "deleted"],
        ["staging"] = ["processing", "staged", "active", "success", "failed", "failure", "retrying", "deleted"],
        ["processing"] = ["staged", "active", "success", "failed", "failure", "retrying", "deleted"],
        ["staged"] = ["active", "success", "failed", "failure", "retrying", "deleted"],
        ["retrying"] = ["queued", "staging", "processing", "staged", "active", "success", "stalled", "failed", "failure", "deleted"],
        ["stalled"] = ["retrying", "failed", "failure", "deleted"],
        ["active"] = ["success", "inactive", "archived", "retained", "deleted"],
        ["success"] = ["active", "inactive", "archived", "retained", "deleted"],
        ["failed"] = ["retrying", "deleted"],
        ["failure"] = ["retrying", "deleted"],
        ["aborted"] = ["deleted"],
        ["abandoned"] = ["deleted"],
        ["inactive"] = ["archived", "retained", "deleted"],
        ["archived"] = ["deleted"],
        ["retained"] = ["deleted"],
    }.ToFrozenDictionary();

    /// <summary>The reason a batch may not go from its status to another, or null when it may.</summary>
    internal static string? Fault(Batch batch, string wanted)
    {
        if (batch.Status == wanted)
            return null;
        var steps = batch.Origin == Batch.Streaming ? OfStreaming : OfRegistered;
        if (wanted != Batch.Deleted && !OfRegistered.ContainsKey(wanted))
            return $"'status' [{wanted}] is none of the life cycle of a batch";
        var next = steps.GetValueOrDefault(batch.Status, []);
        return next.Contains(wanted, StringComparer.Ordinal)
            ? null
            : $"A batch with the status [{batch.Status}] cannot become [{wanted}]; it can become {(next.Length == 0 ? "nothing else" : string.Join(", ", next))}";
    }
}
