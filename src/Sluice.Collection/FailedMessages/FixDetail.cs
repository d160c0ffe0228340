using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Collection.FailedMessages;

/// <summary>What a fix shows beside its counts: why messages did not pass, and how some of them look after the patch.</summary>
internal sealed class FixDetail
{
    private const int MaxReasons = 20;
    private const int MaxSamples = 5;
    private const int MaxSampleBytes = 16 * 1024;
    private const string OtherReasons = "other reasons";

    private readonly Dictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private readonly JsonArray _samples = [];

    private FixDetail()
    {
    }

    internal static FixDetail Read(string json)
    {
        var detail = new FixDetail();
        var document = JsonNode.Parse(json)!;
        foreach (var reason in document["reasons"] as JsonArray ?? [])
            detail._reasons[reason!["message"]!.GetValue<string>()] = reason["count"]!.GetValue<long>();
        foreach (var sample in document["samples"] as JsonArray ?? [])
            detail._samples.Add(sample!.DeepClone());
        return detail;
    }

    /// <summary>The detail of a fix that could not go on.</summary>
    internal static string Failed(string reason)
    {
        var detail = new FixDetail();
        detail._reasons[reason] = 1;
        return detail.Write();
    }

    internal void Add(FailedLine line, byte[]? patched, string? reason)
    {
        if (reason is not null)
        {
            var known = _reasons.ContainsKey(reason) || _reasons.Count < MaxReasons ? reason : OtherReasons;
            _reasons[known] = _reasons.GetValueOrDefault(known) + 1;
        }
        if (_samples.Count >= MaxSamples || patched is not { Length: <= MaxSampleBytes })
            return;
        _samples.Add((JsonNode)new JsonObject
        {
            ["xactionId"] = line.XactionId,
            ["passes"] = reason is null,
            ["reason"] = reason,
            ["message"] = JsonNode.Parse(Encoding.UTF8.GetString(patched)),
        });
    }

    internal string Write() => new JsonObject
    {
        ["reasons"] = new JsonArray([.. _reasons.OrderByDescending(one => one.Value).ThenBy(one => one.Key, StringComparer.Ordinal)
            .Select(one => (JsonNode)new JsonObject { ["message"] = one.Key, ["count"] = one.Value })]),
        ["samples"] = _samples.DeepClone(),
    }.ToJsonString(JsonFormat.Readable);
}
