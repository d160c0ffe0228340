using System.Text;
using System.Text.Json;
using Sluice.Schemas.Text;
using Sluice.Schemas.Validate;

namespace Sluice.Schemas.Model;

/// <summary>The values of an <c>enum</c> or a <c>const</c>: strings in a table, the rest as JSON to be compared deeply.</summary>
internal sealed class ValueSet
{
    private readonly NameTable _strings;
    private readonly byte[][] _others;

    public ValueSet(string keyword, string location, IEnumerable<JsonElement> values)
    {
        Keyword = keyword;
        Location = location;
        var all = values.ToList();
        _strings = new NameTable([.. all.Where(IsText).Select(ResolvedText)]);
        _others = [.. all.Where(value => !IsText(value)).Select(value => Encoding.UTF8.GetBytes(value.GetRawText()))];
    }

    /// <summary><c>enum</c> or <c>const</c>.</summary>
    public string Keyword { get; }

    public string Location { get; }

    /// <summary>Whether the value, which runs from one position to another, is in the set.</summary>
    public bool Contains(ReadOnlySpan<byte> json, int start, int end, Scratch scratch)
    {
        if (json[start] == (byte)'"')
        {
            var text = scratch.Resolve(json[(start + 1)..(end - 1)]);
            return _strings.Find(text, KeyHash.Of(text)) >= 0;
        }

        foreach (byte[] other in _others)
        {
            if (JsonEquality.Same(json, start, other, 0, scratch))
                return true;
        }

        return false;
    }

    private static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;

    // Not GetString, which refuses lone surrogates.
    private static byte[] ResolvedText(JsonElement value)
    {
        byte[] raw = Encoding.UTF8.GetBytes(value.GetRawText());
        var resolved = new byte[raw.Length];
        return resolved[..EscapeReader.Resolve(raw.AsSpan(1, raw.Length - 2), resolved)];
    }
}
