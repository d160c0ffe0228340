using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sluice.Schemas.Model;

namespace Sluice.Schemas.Compile;

/// <summary>
/// The nodes that compiled schemas have in common, each once: schemas of one organisation declare the same fields again and again, and
/// checking messages of a thousand schemas in turn waits for memory when each has nodes of its own.
/// </summary>
/// <remarks>
/// Shared is what is said by its own text alone: the same text at the same place under the same options, without a reference. Threading: any. A
/// node lives as long as a schema holds it; past the bound, nodes are no longer shared.
/// </remarks>
internal static class SharedNodes
{
    private const int MaxNodes = 200_000;

    private static readonly ConcurrentDictionary<string, WeakReference<SchemaNode>> Known = new(StringComparer.Ordinal);

    /// <summary>What tells the node of these schemas from any other, or null when their text does not say all.</summary>
    public static string? KeyOf(SchemaOptions options, string role, SchemaPlace[] places)
    {
        var key = new StringBuilder($"{options.Dialect}:{options.RefuseUnknownFields}:{options.AssertFormats}:{role}");
        foreach (var place in places)
        {
            var text = JsonMarshal.GetRawUtf8Value(place.Element);
            // An escape could hide the keyword; such schemas are rare, and are their own.
            if (text.IndexOf("\"$ref\""u8) >= 0 || text.IndexOf("\\u"u8) >= 0)
                return null;
            key.Append('\n').Append(place.Location).Append('\n').Append(Convert.ToHexString(SHA256.HashData(text)));
        }
        return key.ToString();
    }

    /// <summary>The node that another compilation made, or null.</summary>
    public static SchemaNode? Find(string key) => Known.TryGetValue(key, out var known) && known.TryGetTarget(out var shared) ? shared : null;

    /// <summary>Lets other compilations have nodes, now that they are complete.</summary>
    public static void Add(IEnumerable<(string Key, SchemaNode Node)> complete)
    {
        foreach (var (key, node) in complete)
        {
            if (Known.Count >= MaxNodes)
                RemoveUnused();
            if (Known.Count >= MaxNodes)
                return;
            Known[key] = new WeakReference<SchemaNode>(node);
        }
    }

    private static void RemoveUnused()
    {
        foreach (var entry in Known)
        {
            if (!entry.Value.TryGetTarget(out _))
                Known.TryRemove(entry);
        }
    }
}
