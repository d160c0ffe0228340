using System.Net;

namespace Sluice.Audience.Traits;

/// <summary>The signals of a sample call that somebody tries a rule with: the query of an address, and headers as <c>h_…</c> keys.</summary>
internal static class SampleSignals
{
    internal static IReadOnlyList<(string Key, string Value)> Of(string url, IEnumerable<(string Name, string Value)> headers)
    {
        var pairs = new List<(string, string)>();
        var question = url.IndexOf('?', StringComparison.Ordinal);
        var query = question >= 0 ? url[(question + 1)..] : url.Contains('=', StringComparison.Ordinal) ? url : "";
        foreach (var part in query.Split('#')[0].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var key = WebUtility.UrlDecode(equals < 0 ? part : part[..equals]);
            foreach (var value in (equals < 0 ? "" : part[(equals + 1)..]).Split(',')) // a list is several values (contract audience.md 4.1)
                pairs.Add((key, WebUtility.UrlDecode(value)));
        }
        foreach (var (name, value) in headers)
            pairs.Add(("h_" + name.ToLowerInvariant(), value));
        return pairs;
    }
}
