using System.Text;
using Sluice.Audience.Destinations;
using Sluice.Audience.Mappings;

namespace Sluice.Audience.Events.Answers;

/// <summary>Writes the value of a destination's cookie: pairs in the order of their priority, as many as fit (contract audience.md 5.6).</summary>
internal static class CookieValue
{
    /// <summary>The value as it stands in the answer, not percent-encoded: whoever writes the cookie does that.</summary>
    internal static string Of(Destination destination, IEnumerable<Mapping> mappings)
    {
        var groups = new List<(string Key, List<string> Values)>();
        var left = destination.MaxSize;
        foreach (var mapping in mappings.OrderBy(one => one.Priority ?? long.MaxValue).ThenBy(one => one.Id))
        {
            var key = destination.FormatType == Destination.SingleKey ? destination.SingleKeyName : mapping.TraitAlias;
            if (string.IsNullOrEmpty(key) || string.IsNullOrEmpty(mapping.ValueAlias))
                continue;
            var group = groups.FindIndex(one => one.Key == key);
            var bytes = group >= 0 && destination.SerializationEnabled
                ? Bytes(destination.SerializationSeparator) + Bytes(mapping.ValueAlias)
                : (groups.Count == 0 ? 0 : Bytes(destination.ValueSeparator)) + Bytes(key) + Bytes(destination.KeySeparator) + Bytes(mapping.ValueAlias);
            if (bytes > left)
                break; // what is less important does not take the place of what did not fit
            left -= bytes;
            if (group < 0)
                groups.Add((key, [mapping.ValueAlias]));
            else
                groups[group].Values.Add(mapping.ValueAlias);
        }
        return string.Join(destination.ValueSeparator, groups.SelectMany(group => Pairs(destination, group.Key, group.Values)));
    }

    private static IEnumerable<string> Pairs(Destination destination, string key, List<string> values) =>
        destination.SerializationEnabled ? [$"{key}{destination.KeySeparator}{string.Join(destination.SerializationSeparator, values)}"]
        : values.Select(value => $"{key}{destination.KeySeparator}{value}");

    private static int Bytes(string? text) => Encoding.UTF8.GetByteCount(text ?? "");
}
