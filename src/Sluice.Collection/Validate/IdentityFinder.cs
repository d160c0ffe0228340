using Sluice.Collection.Receive;
using Sluice.Journal.Records;
using Sluice.Schemas;

namespace Sluice.Collection.Validate;

/// <summary>Reads a message's <c>identityMap</c> into the form a journal record carries (contract collection.md 5.2), allocating nothing.</summary>
/// <remarks>The bytes have been scanned, so the JSON is whole; entries that are not identities are passed over.</remarks>
internal ref struct IdentityFinder(ReadOnlySpan<byte> map, Span<byte> encoded)
{
    /// <summary>The guardrail of the contract: further identities of a record are not taken.</summary>
    internal const int MaxIdentities = 20;

    private const int MaxCodeBytes = 300; // a namespace code is at most 255 bytes
    private const int MaxValueBytes = 4 * 1024; // 1,024 characters of at most 4 bytes

    private readonly ReadOnlySpan<byte> _map = map;
    private readonly Span<byte> _encoded = encoded;
    private int _at;

    internal int Count { get; private set; }

    internal int EncodedBytes { get; private set; }

    /// <summary>Hash of the primary identity, else of the first; 0 when there is none.</summary>
    internal ulong PartitionHash { get; private set; }

    private bool _havePrimary;

    /// <summary>Walks <c>{namespace: [{id, primary, authenticatedState}]}</c>.</summary>
    internal void Find()
    {
        if (!Enter((byte)'{'))
            return;
        while (NextKey(out var code))
        {
            if (!Enter((byte)'['))
            {
                SkipValue();
                continue;
            }
            while (NextItem((byte)']'))
                ReadIdentity(code);
        }
    }

    private void ReadIdentity(ReadOnlySpan<byte> code)
    {
        if (!Enter((byte)'{'))
        {
            SkipValue();
            return;
        }

        ReadOnlySpan<byte> id = default;
        var isPrimary = false;
        var state = AuthenticatedState.Ambiguous;
        while (NextKey(out var key))
        {
            var value = TakeValue();
            if (key.SequenceEqual("id"u8))
                id = value is [(byte)'"', .., (byte)'"'] ? value[1..^1] : default;
            else if (key.SequenceEqual("primary"u8))
                isPrimary = value.SequenceEqual("true"u8) || value.SequenceEqual("\"true\""u8);
            else if (key.SequenceEqual("authenticatedState"u8))
                state = value.SequenceEqual("\"authenticated\""u8) ? AuthenticatedState.Authenticated
                    : value.SequenceEqual("\"loggedOut\""u8) ? AuthenticatedState.LoggedOut
                    : AuthenticatedState.Ambiguous;
        }
        Add(code, id, isPrimary, state);
    }

    private void Add(ReadOnlySpan<byte> code, ReadOnlySpan<byte> id, bool isPrimary, AuthenticatedState state)
    {
        if (id.IsEmpty || code.IsEmpty || id.Length > MaxValueBytes || Count == MaxIdentities)
            return;

        // The record keeps the plain text; the end of its own room serves to take the escapes out.
        var room = _encoded[EncodedBytes..];
        if (id.Contains((byte)'\\'))
        {
            if (room.Length < 2 * id.Length + MaxCodeBytes)
                return;
            var plain = room[^id.Length..];
            id = plain[..JsonText.Unescape(id, plain)];
        }
        if (!IdentityEncoder.TryWrite(room, new Identity(code, id, isPrimary, state), out var written))
            return;

        EncodedBytes += written;
        Count++;
        if (Count == 1 || (isPrimary && !_havePrimary))
            PartitionHash = Journal.Records.PartitionHash.Of(code, id);
        _havePrimary |= isPrimary;
    }

    private bool Enter(byte opening)
    {
        _at = JsonScanner.SkipWhitespace(_map, _at);
        if (_at >= _map.Length || _map[_at] != opening)
            return false;
        _at++;
        return true;
    }

    private bool NextKey(out ReadOnlySpan<byte> key)
    {
        key = default;
        if (!NextItem((byte)'}'))
            return false;
        var start = _at + 1;
        if (!JsonScanner.TrySkipString(_map, ref _at, out _, out _))
            return false;
        key = _map[start..(_at - 1)];
        _at = JsonScanner.SkipWhitespace(_map, _at) + 1; // the colon
        return true;
    }

    // Whole JSON: between two items stands exactly one comma.
    private bool NextItem(byte end)
    {
        _at = JsonScanner.SkipWhitespace(_map, _at);
        if (_at < _map.Length && _map[_at] == ',')
            _at = JsonScanner.SkipWhitespace(_map, _at + 1);
        if (_at >= _map.Length)
            return false;
        if (_map[_at] != end)
            return true;
        _at++;
        return false;
    }

    private ReadOnlySpan<byte> TakeValue()
    {
        var start = _at = JsonScanner.SkipWhitespace(_map, _at);
        SkipValue();
        return _map[start.._at];
    }

    private void SkipValue()
    {
        if (!JsonScanner.TrySkipValue(_map, ref _at, EnvelopeReader.MaxDepth, out _))
            _at = _map.Length;
    }
}
