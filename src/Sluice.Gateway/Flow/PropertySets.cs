using System.Collections.Frozen;
using System.Text;
using Sluice.Gateway.Bundles;

namespace Sluice.Gateway.Flow;

/// <summary>The property sets of a bundle: <c>resources/properties/{set}.properties</c>, read as <c>propertyset.{set}.{key}</c> (contract gateway.md 3.7).</summary>
internal static class PropertySets
{
    internal static FrozenDictionary<string, string> Read(ProxyBundle bundle)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var resource in bundle.Resources.Values.Where(one => one.Type == "properties"))
        {
            var set = Path.GetFileNameWithoutExtension(resource.Path);
            foreach (var line in Encoding.UTF8.GetString(resource.Content).Replace("\r", "", StringComparison.Ordinal).Replace("\\\n", "", StringComparison.Ordinal).Split('\n'))
            {
                var text = line.TrimStart();
                var sign = text.IndexOfAny(['=', ':']);
                if (text.Length > 0 && text[0] is not ('#' or '!') && sign > 0)
                    properties[$"propertyset.{set}.{text[..sign].Trim()}"] = text[(sign + 1)..].Trim();
            }
        }
        return properties.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
