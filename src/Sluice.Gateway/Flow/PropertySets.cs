using System.Collections.Frozen;
using System.Text;
using Sluice.Gateway.Bundles;

namespace Sluice.Gateway.Flow;

/// <summary>Property sets, read as <c>propertyset.{set}.{key}</c> (contract gateway.md 3.7): those of a bundle in <c>resources/properties/{set}.properties</c>, and those of an environment.</summary>
internal static class PropertySets
{
    internal const string Type = "properties";
    private const string Ending = ".properties";

    internal static FrozenDictionary<string, string> Read(ProxyBundle bundle) =>
        Read(bundle.Resources.Values.Where(one => one.Type == Type).Select(one => (Path.GetFileNameWithoutExtension(one.Path), Encoding.UTF8.GetString(one.Content))));

    /// <summary>The sets of texts by their names.</summary>
    internal static FrozenDictionary<string, string> Read(IEnumerable<(string Set, string Text)> sets)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (set, content) in sets)
        {
            foreach (var line in content.Replace("\r", "", StringComparison.Ordinal).Replace("\\\n", "", StringComparison.Ordinal).Split('\n'))
            {
                var text = line.TrimStart();
                var sign = text.IndexOfAny(['=', ':']);
                if (text.Length > 0 && text[0] is not ('#' or '!') && sign > 0)
                    properties[$"propertyset.{set}.{text[..sign].Trim()}"] = text[(sign + 1)..].Trim();
            }
        }
        return properties.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The set of a resource file of an environment, whose name may have the ending or not.</summary>
    internal static string SetOf(string file) => file.EndsWith(Ending, StringComparison.Ordinal) ? file[..^Ending.Length] : file;
}
