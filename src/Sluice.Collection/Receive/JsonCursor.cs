using Sluice.Schemas;

namespace Sluice.Collection.Receive;

/// <summary>Walks JSON that has been scanned, and so is whole, allocating nothing.</summary>
internal ref struct JsonCursor(ReadOnlySpan<byte> json)
{
    private readonly ReadOnlySpan<byte> _json = json;
    private int _at;

    /// <summary>Goes into an object or array; false, and nowhere, when the next value is none.</summary>
    internal bool Enter(byte opening)
    {
        _at = JsonScanner.SkipWhitespace(_json, _at);
        if (_at >= _json.Length || _json[_at] != opening)
            return false;
        _at++;
        return true;
    }

    /// <summary>Goes to the next member's value; false, and past the object, at its end. The key is raw: what stands between its quotes.</summary>
    internal bool NextKey(out ReadOnlySpan<byte> key)
    {
        key = default;
        if (!NextItem((byte)'}'))
            return false;
        var start = _at + 1;
        if (!JsonScanner.TrySkipString(_json, ref _at, out _, out _))
            return false;
        key = _json[start..(_at - 1)];
        _at = JsonScanner.SkipWhitespace(_json, _at) + 1; // the colon
        return true;
    }

    /// <summary>Goes to the next item; false, and past the end, when there is none.</summary>
    internal bool NextItem(byte end)
    {
        // Whole JSON: between two items stands exactly one comma.
        _at = JsonScanner.SkipWhitespace(_json, _at);
        if (_at < _json.Length && _json[_at] == ',')
            _at = JsonScanner.SkipWhitespace(_json, _at + 1);
        if (_at >= _json.Length)
            return false;
        if (_json[_at] != end)
            return true;
        _at++;
        return false;
    }

    /// <summary>Goes past a value and returns it.</summary>
    internal ReadOnlySpan<byte> TakeValue()
    {
        var start = _at = JsonScanner.SkipWhitespace(_json, _at);
        SkipValue();
        return _json[start.._at];
    }

    internal void SkipValue()
    {
        if (!JsonScanner.TrySkipValue(_json, ref _at, EnvelopeReader.MaxDepth, out _))
            _at = _json.Length;
    }
}
