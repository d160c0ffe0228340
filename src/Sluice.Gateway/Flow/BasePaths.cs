namespace Sluice.Gateway.Flow;

/// <summary>What base paths look like, and which of them our own routes take (design.md section 4).</summary>
internal static class BasePaths
{
    internal const int MaxCharacters = 255;

    private static readonly string[] Own = ["/v1", "/api", "/portal", "/data", "/collection", "/ims", "/oauth", "/event", "/id", "/console", "/health", "/metrics", "/openapi"];

    /// <summary>A deployment's base path before a proxy's own; <c>/</c> by itself adds nothing.</summary>
    internal static string Join(string before, string own)
    {
        var path = before.Trim().TrimEnd('/') + "/" + own.Trim().Trim('/');
        return path.Length > 1 ? path.TrimEnd('/') is { Length: > 0 } some ? some.StartsWith('/') ? some : "/" + some : "/" : "/";
    }

    internal static bool IsValid(string path) =>
        path.Length <= MaxCharacters && path.StartsWith('/') && !path.Contains("//", StringComparison.Ordinal) && path.AsSpan().IndexOfAny("?# \\%") < 0;

    /// <summary>The prefix of ours that a base path is under, or that is under it on hosts that both share; null when there is none.</summary>
    internal static string? FindOwn(ReadOnlySpan<char> basePath)
    {
        foreach (var own in Own)
        {
            if (basePath.StartsWith(own, StringComparison.OrdinalIgnoreCase) && (basePath.Length == own.Length || basePath[own.Length] == '/'))
                return own;
        }
        return null;
    }
}
