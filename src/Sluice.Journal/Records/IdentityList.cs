using System.Buffers.Binary;

namespace Sluice.Journal.Records;

/// <summary>One identity of a message.</summary>
/// <param name="namespaceCode">Such as <c>ECID</c> or <c>Email</c>, as the namespace's registered spelling has it.</param>
/// <param name="value">The id in that namespace.</param>
public readonly ref struct Identity(ReadOnlySpan<byte> namespaceCode, ReadOnlySpan<byte> value, bool isPrimary, AuthenticatedState state)
{
    public ReadOnlySpan<byte> NamespaceCode { get; } = namespaceCode;
    public ReadOnlySpan<byte> Value { get; } = value;
    public bool IsPrimary { get; } = isPrimary;
    public AuthenticatedState State { get; } = state;
}

/// <summary>The identities in a record's header; <c>foreach</c> walks them without allocating.</summary>
public readonly ref struct IdentityList(int count, ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How many there are.</summary>
    public int Count { get; } = count;

    /// <summary>The list as it lies in the header.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Begins at the first.</summary>
    public Enumerator GetEnumerator() => new(Count, _bytes);

    /// <summary>Walks the list.</summary>
    public ref struct Enumerator(int left, ReadOnlySpan<byte> rest)
    {
        private int _left = left;
        private ReadOnlySpan<byte> _rest = rest;

        /// <summary>The identity reached.</summary>
        public Identity Current { get; private set; }

        /// <summary>Goes on; false at the end, and where the bytes do not hold what the count says.</summary>
        public bool MoveNext()
        {
            if (_left == 0 || _rest.Length < IdentityEncoder.FixedBytes)
                return false;
            var codeBytes = _rest[1];
            var valueBytes = BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]);
            var total = IdentityEncoder.FixedBytes + codeBytes + valueBytes;
            if (_rest.Length < total)
                return false;

            Current = new Identity(
                _rest.Slice(IdentityEncoder.FixedBytes, codeBytes),
                _rest.Slice(IdentityEncoder.FixedBytes + codeBytes, valueBytes),
                (_rest[0] & IdentityEncoder.PrimaryBit) != 0,
                (AuthenticatedState)(_rest[0] & IdentityEncoder.StateMask));
            _rest = _rest[total..];
            _left--;
            return true;
        }
    }
}

/// <summary>Writes identities in the form a record's header holds them: docs/formats/record.md.</summary>
public static class IdentityEncoder
{
    internal const int FixedBytes = 4;
    internal const byte StateMask = 0x03;
    internal const byte PrimaryBit = 0x80;

    /// <summary>Writes one identity; false when it does not fit into <paramref name="to"/> or its parts are too long.</summary>
    public static bool TryWrite(Span<byte> to, in Identity identity, out int written)
    {
        written = FixedBytes + identity.NamespaceCode.Length + identity.Value.Length;
        if (identity.NamespaceCode.Length > byte.MaxValue || identity.Value.Length > ushort.MaxValue || to.Length < written)
            return false;

        to[0] = (byte)((byte)identity.State | (identity.IsPrimary ? PrimaryBit : 0));
        to[1] = (byte)identity.NamespaceCode.Length;
        BinaryPrimitives.WriteUInt16LittleEndian(to[2..], (ushort)identity.Value.Length);
        identity.NamespaceCode.CopyTo(to[FixedBytes..]);
        identity.Value.CopyTo(to[(FixedBytes + identity.NamespaceCode.Length)..]);
        return true;
    }
}
