using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>Reads the token of a request: <c>Authorization: Bearer x</c>, or the bare token that some clients send.</summary>
internal static class BearerToken
{
    private const string Scheme = "Bearer";

    /// <summary>The token's characters, without a copy; empty when there is none.</summary>
    internal static ReadOnlyMemory<char> Find(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString().AsMemory().Trim();
        if (!header.Span.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return header;
        var rest = header[Scheme.Length..];
        return rest.IsEmpty || rest.Span[0] is ' ' or '\t' ? rest.Trim() : header;
    }
}
