using System.Globalization;
using System.Text;

namespace Sluice.Schemas.Validate;

/// <summary>The violations found so far, and the path to the value that is being looked at.</summary>
internal sealed class ViolationReport(int limit)
{
    private readonly List<SchemaViolation> _found = [];
    private readonly List<(int Start, int End)> _path = [];

    public IReadOnlyList<SchemaViolation> Found => _found;

    public bool IsFull => _found.Count >= limit;

    /// <summary>Steps into a property, whose name's raw content runs from one position to another.</summary>
    public void EnterProperty(int start, int end) => _path.Add((start, end));

    /// <summary>Steps into an item of an array.</summary>
    public void EnterItem(int index) => _path.Add((index, -1));

    public void Leave() => _path.RemoveAt(_path.Count - 1);

    /// <summary>A report of its own for what lies at the same place.</summary>
    public ViolationReport Aside()
    {
        var aside = new ViolationReport(limit);
        aside._path.AddRange(_path);
        return aside;
    }

    /// <summary>Adds a violation of the value being looked at, once. False when there is no room for another after it.</summary>
    public bool Add(ReadOnlySpan<byte> json, string keyword, string message, string location, IReadOnlyList<SchemaViolation>? causes = null)
    {
        string pointer = PointerTo(json);
        if (!IsFull && !_found.Exists(known => known.Pointer == pointer && known.Keyword == keyword && known.Message == message))
            _found.Add(new SchemaViolation(pointer, keyword, message, location) { Causes = causes ?? [] });
        return !IsFull;
    }

    /// <summary>Adds what made the whole check end early, if there is room.</summary>
    public void AddForWhole(string keyword, string message)
    {
        if (!IsFull)
            _found.Add(new SchemaViolation("#", keyword, message, "#"));
    }

    // RFC 6901: '~' becomes "~0" and '/' becomes "~1" in a token.
    private string PointerTo(ReadOnlySpan<byte> json)
    {
        var pointer = new StringBuilder("#");
        foreach (var (start, end) in _path)
        {
            pointer.Append('/');
            if (end < 0)
                pointer.Append(start.ToString(CultureInfo.InvariantCulture));
            else
                pointer.Append(ViolationText.Of(json[start..end]).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
        }

        return pointer.ToString();
    }
}
