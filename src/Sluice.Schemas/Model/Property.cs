using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Sluice.Schemas.Model;

/// <summary>A name that an object's schema knows: a property, or only a name that some rule mentions.</summary>
internal sealed class Property
{
    private const int WordBytes = sizeof(ulong);

    private readonly byte[] _quoted;
    private readonly ulong _head;
    private readonly ulong _headMask;
    private readonly ulong _tail;

    public Property(byte[] name, SchemaNode? node, string? requiredBy)
    {
        Name = name;
        Node = node;
        RequiredBy = requiredBy;

        // The name and its closing quote as they stand in a message that escapes nothing. A name that must be escaped is
        // never found this way: the masked word is never equal to the head.
        _quoted = [.. name, (byte)'"'];
        QuotedLength = _quoted.Length;
        Span<byte> head = stackalloc byte[WordBytes];
        _quoted.AsSpan(0, Math.Min(QuotedLength, WordBytes)).CopyTo(head);
        _head = BinaryPrimitives.ReadUInt64LittleEndian(head);
        _headMask = QuotedLength >= WordBytes ? ulong.MaxValue : (1UL << (QuotedLength * 8)) - 1;
        _tail = QuotedLength >= WordBytes ? BinaryPrimitives.ReadUInt64LittleEndian(_quoted.AsSpan(QuotedLength - WordBytes)) : 0;
        if (name.AsSpan().IndexOfAny((byte)'"', (byte)'\\') >= 0 || name.AsSpan().ContainsAnyInRange((byte)0, (byte)0x1F))
            (_head, _headMask) = (ulong.MaxValue, 0);
    }

    /// <summary>The name in UTF-8, without escapes.</summary>
    public byte[] Name { get; }

    /// <summary>The bytes of the name and its closing quote.</summary>
    public int QuotedLength { get; }

    /// <summary>The schema of its value; null when the name is not declared as a property.</summary>
    public SchemaNode? Node { get; }

    /// <summary>The schema that requires it; null when none does.</summary>
    public string? RequiredBy { get; }

    /// <summary>Whether this very name, unescaped and with its closing quote, stands at a position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark Validate.IsValid: two words decide most guesses
    public bool StandsAt(ReadOnlySpan<byte> json, int position)
    {
        // The end of a text is left to the lookup.
        if (position + Math.Max(QuotedLength, WordBytes) > json.Length
            || (BinaryPrimitives.ReadUInt64LittleEndian(json[position..]) & _headMask) != _head)
            return false;
        if (QuotedLength <= WordBytes)
            return true;
        return BinaryPrimitives.ReadUInt64LittleEndian(json[(position + QuotedLength - WordBytes)..]) == _tail
            && (QuotedLength <= 2 * WordBytes || MiddleStandsAt(json, position));
    }

    private bool MiddleStandsAt(ReadOnlySpan<byte> json, int position) =>
        json[(position + WordBytes)..].StartsWith(_quoted.AsSpan(WordBytes, QuotedLength - 2 * WordBytes));
}
