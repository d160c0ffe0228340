using System.Text;
using System.Text.RegularExpressions;
using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Trace;

/// <summary>Keeps secrets out of a record: by the names they go under, and by their values wherever else those turn up later.</summary>
internal sealed partial class TraceMask
{
    internal const string Stars = "*****";

    // Shorter texts stand in too many others.
    private const int ShortestHidden = 6;
    private const int MostHidden = 64;

    private static readonly string[] SecretParts = ["authorization", "cookie", "secret", "password", "passwd", "apikey", "api-key", "api_key", "credential", "assertion", "signature"];

    private readonly HashSet<string> _hidden = new(StringComparer.Ordinal);

    /// <summary>Whether what goes under that name is nobody's to see: <c>private.…</c>, or a part of it that names a secret.</summary>
    internal static bool IsSecret(string name)
    {
        if (name.StartsWith("private.", StringComparison.Ordinal))
            return true;
        foreach (var range in name.AsSpan().Split('.'))
        {
            var part = name.AsSpan(range);
            if (part.EndsWith("token", StringComparison.OrdinalIgnoreCase))
                return true;
            foreach (var secret in SecretParts)
            {
                if (part.Contains(secret, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }
        return false;
    }

    /// <summary>Hides a value from here on, and what an <c>Authorization</c> header says behind its scheme.</summary>
    internal void Hide(string? value)
    {
        if (value is null)
            return;
        Add(value);
        var blank = value.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0)
            return;
        var credentials = value[(blank + 1)..].Trim();
        Add(credentials);
        var decoded = new byte[credentials.Length];
        if (value.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) && Convert.TryFromBase64String(credentials, decoded, out var length))
            Add(Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2)[^1]);
    }

    /// <summary>Hides what the headers and parameters of a request, and a body of JSON or of a form, hold under names of secrets.</summary>
    internal void HideSecretsOf(IReadOnlyList<HeaderField> headers, string? query, string? content)
    {
        foreach (var (name, value) in headers)
        {
            if (IsSecret(name))
                Hide(value);
        }
        HideParameters(query);
        if (content is null)
            return;
        HideParameters(content);
        foreach (Match match in SecretMember().Matches(content))
            Add(match.Groups[1].Value);
    }

    /// <summary>The text without what is hidden, and without secret parameters of an address.</summary>
    internal string Clean(string text)
    {
        foreach (var secret in _hidden)
            text = text.Replace(secret, Stars, StringComparison.Ordinal);
        return text.Contains('=', StringComparison.Ordinal) ? SecretParameter().Replace(text, "$1" + Stars) : text;
    }

    private void HideParameters(string? text)
    {
        if (text is null)
            return;
        foreach (Match match in SecretParameter().Matches(text))
        {
            var value = match.Value[match.Groups[1].Length..];
            Add(value);
            Add(NamedValues.Decode(value));
        }
    }

    private void Add(string value)
    {
        if (value.Length >= ShortestHidden && _hidden.Count < MostHidden)
            _hidden.Add(value);
    }

    [GeneratedRegex(""""((?:^|[?&])[\w.-]*(?:authorization|secret|password|passwd|apikey|api-key|api_key|credential|assertion|signature|token)=)[^&\s"]+"""", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex SecretParameter();

    [GeneratedRegex(""""\"[\w.-]*(?:authorization|secret|password|passwd|apikey|api-key|api_key|credential|assertion|signature|token)\"\s*:\s*\"([^"\\]+)[\"]"""", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex SecretMember();
}
