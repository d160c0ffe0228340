using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>Reads the token of a request: <c>Authorization: Bearer x</c>, or the bare token that some clients send.</summary>
internal static class BearerToken
{
    private const string Scheme = "Bearer ";

    internal static string? Find(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        var token = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : header.Trim();
        return token.Length == 0 || token.Equals("Bearer", StringComparison.OrdinalIgnoreCase) ? null : token;
    }
}
