using Microsoft.AspNetCore.Http;

namespace Sluice.Collection.Catalog;

/// <summary>The <c>search</c> of a list, an extension of ours: a text that stands, in whatever case, in a name or an id of what is listed.</summary>
internal sealed class TextSearch
{
    private const int MaxCharacters = 256;

    private readonly string _wanted;

    private TextSearch(string wanted) => _wanted = wanted;

    internal string Folded => _wanted.ToLowerInvariant();

    /// <summary>Reads the parameter; returns the fault, or null and the search, which is null where none is asked for.</summary>
    internal static string? Parse(IQueryCollection query, out TextSearch? search)
    {
        var text = query["search"].ToString().Trim();
        search = text.Length == 0 ? null : new TextSearch(text);
        return text.Length > MaxCharacters || text.Contains('\0') ? $"'search' must be a text of at most {MaxCharacters} characters, none of them NUL" : null;
    }

    internal bool IsIn(params ReadOnlySpan<string?> texts)
    {
        foreach (var text in texts)
        {
            if (text is not null && text.Contains(_wanted, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    /// <summary>Whether a document may hold the text: false only where it is not in the document's JSON and would stand there as it is written.</summary>
    internal bool MayBeIn(string json) => _wanted.AsSpan().ContainsAnyExceptInRange(' ', '~') || _wanted.AsSpan().ContainsAny('"', '\\') || IsIn(json);
}
