using System.Text;
using Sluice.Collection.Receive;
using Sluice.Collection.Routes;
using Sluice.Journal.Records;

namespace Sluice.Collection.Validate;

/// <summary>Reads a message's identities, from its <c>identityMap</c> and the fields that descriptors name, into the form a journal record carries (contract collection.md 5.2), allocating nothing.</summary>
/// <remarks>
/// The bytes have been scanned, so the JSON is whole; entries that are not identities are passed over. A code of the map is kept in its
/// registered spelling, and left out with its identities when it is not registered; fields bring the registered code themselves.
/// </remarks>
internal ref struct IdentityFinder(Span<byte> encoded, NamespaceCodes namespaces)
{
    /// <summary>The guardrail of the contract: further identities of a record are not taken.</summary>
    internal const int MaxIdentities = 20;

    private const int MaxCodeBytes = 300; // a namespace code is at most 255 bytes
    private const int MaxValueBytes = 4 * 1024; // 1,024 characters of at most 4 bytes

    private readonly Span<byte> _encoded = encoded;
    private bool _havePrimary;

    internal int Count { get; private set; }

    /// <summary>Whether an identity was left out because no namespace has its code.</summary>
    internal bool HasUnregistered { get; private set; }

    internal int EncodedBytes { get; private set; }

    /// <summary>Hash of the primary identity, else of the first; 0 when there is none.</summary>
    internal ulong PartitionHash { get; private set; }

    /// <summary>Takes the fields that identity descriptors name; they come first, so that their primary is the record's.</summary>
    internal void FindFields(ReadOnlySpan<byte> entity, IdentityField[] fields)
    {
        foreach (var field in fields)
            FindField(entity, field, 0);
    }

    /// <summary>Takes the entries of <c>{namespace: [{id, primary, authenticatedState}]}</c>.</summary>
    internal void FindMap(ReadOnlySpan<byte> map)
    {
        var cursor = new JsonCursor(map);
        if (!cursor.Enter((byte)'{'))
            return;
        while (cursor.NextKey(out var code))
        {
            if (!cursor.Enter((byte)'['))
            {
                cursor.SkipValue();
                continue;
            }
            var registered = Registered(code);
            while (cursor.NextItem((byte)']'))
                ReadEntry(registered, cursor.TakeValue());
        }
    }

    private void FindField(ReadOnlySpan<byte> value, IdentityField field, int depth)
    {
        var cursor = new JsonCursor(value);
        if (cursor.Enter((byte)'['))
        {
            while (cursor.NextItem((byte)']'))
                FindField(cursor.TakeValue(), field, depth);
        }
        else if (depth == field.Path.Length)
        {
            // A number identifies by its digits.
            var id = value is [(byte)'"', .., (byte)'"'] ? value[1..^1] : value is [(byte)'-' or (>= (byte)'0' and <= (byte)'9'), ..] ? value : default;
            Add(field.Namespace, id, field.IsPrimary, AuthenticatedState.Ambiguous);
        }
        else if (cursor.Enter((byte)'{'))
        {
            while (cursor.NextKey(out var key))
            {
                var member = cursor.TakeValue();
                if (key.Contains((byte)'\\') ? JsonText.Equals(key, field.Path[depth]) : key.SequenceEqual(field.Path[depth]))
                    FindField(member, field, depth + 1);
            }
        }
    }

    private void ReadEntry(ReadOnlySpan<byte> code, ReadOnlySpan<byte> entry)
    {
        var cursor = new JsonCursor(entry);
        if (!cursor.Enter((byte)'{'))
            return;

        ReadOnlySpan<byte> id = default;
        var isPrimary = false;
        var state = AuthenticatedState.Ambiguous;
        while (cursor.NextKey(out var key))
        {
            var value = cursor.TakeValue();
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
        if (IsNoIdentity(id) || id.Length > MaxValueBytes || Count == MaxIdentities)
            return;
        if (code.IsEmpty)
        {
            HasUnregistered = true;
            return;
        }

        // The record keeps the plain text; the end of its own room serves to take the escapes out.
        var room = _encoded[EncodedBytes..];
        if (id.Contains((byte)'\\'))
        {
            if (room.Length < 2 * id.Length + MaxCodeBytes)
                return;
            var plain = room[^id.Length..];
            id = plain[..JsonText.Unescape(id, plain)];
        }
        if (!IdentityEncoder.TryWrite(room, new Identity(code, id, isPrimary && !_havePrimary, state), out var written))
            return;

        EncodedBytes += written;
        Count++;
        if (Count == 1 || (isPrimary && !_havePrimary))
            PartitionHash = Journal.Records.PartitionHash.Of(code, id);
        _havePrimary |= isPrimary;
    }

    // The registered spelling, or empty when there is none.
    private readonly ReadOnlySpan<byte> Registered(ReadOnlySpan<byte> code)
    {
        if (code.Contains((byte)'\\'))
        {
            // An escape makes a code longer, so one that does not fit here is none of ours.
            if (code.Length > 6 * MaxCodeBytes)
                return default;
            Span<byte> plain = stackalloc byte[6 * MaxCodeBytes];
            return namespaces.Find(plain[..JsonText.Unescape(code, plain)]);
        }
        return namespaces.Find(code);
    }

    // Values that stand for nobody (contract 5.2); everybody who sends one would become one person.
    private static bool IsNoIdentity(ReadOnlySpan<byte> id) =>
        id.Trim((byte)' ').IsEmpty || Ascii.EqualsIgnoreCase(id, "null"u8) || Ascii.EqualsIgnoreCase(id, "anonymous"u8) || Ascii.EqualsIgnoreCase(id, "invalid"u8);
}
