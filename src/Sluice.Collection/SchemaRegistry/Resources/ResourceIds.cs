using System.Security.Cryptography;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>How resources are named (contract collection.md 3.1): <c>$id</c>, <c>meta:altId</c>, and the hex at the end of either.</summary>
internal static class ResourceIds
{
    internal const string Namespace = "https://ns.adobe.com/";

    private const string UnionSuffix = "__union";

    internal static string NewHex() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    internal static string Full(string tenantId, ResourceType type, string hex) => $"{Namespace}{tenantId}/{type.IdSegment}/{hex}";

    internal static bool IsTenants(string id, string tenantId) => id.StartsWith($"{Namespace}{tenantId}/", StringComparison.Ordinal);

    /// <summary>The dotted form: <c>_xdm.context.profile</c> for <c>https://ns.adobe.com/xdm/context/profile</c>.</summary>
    internal static string Alternate(string id)
    {
        var scheme = id.IndexOf("://", StringComparison.Ordinal);
        var path = scheme < 0 ? id : id[(scheme + 3)..];
        foreach (var known in new[] { "ns.adobe.com/", "adobe/" })
        {
            if (path.StartsWith(known, StringComparison.Ordinal))
                path = path[known.Length..];
        }
        return "_" + path.Trim('/').Replace('/', '.');
    }

    internal static string Union(string classId) => classId + UnionSuffix;

    /// <summary>The class of a union's id, by <c>$id</c> or by the dotted form; null when it is no union's.</summary>
    internal static string? ClassOfUnion(string id) =>
        id.EndsWith(UnionSuffix, StringComparison.Ordinal) ? id[..^UnionSuffix.Length] : null;

    /// <summary>An id from a path: a client may have encoded it once more than the server decodes.</summary>
    internal static string FromPath(string encoded) => Uri.UnescapeDataString(encoded);
}
