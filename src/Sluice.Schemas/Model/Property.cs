using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Sluice.Schemas.Model;

/// <summary>A name that an object's schema knows: a property, or only a name that some rule mentions.</summary>
internal sealed class Property
{
    private readonly byte[] _quoted;
    private readonly ulong _head;
    private readonly ulong _headMask;
    private readonly bool _plain;

    public Property(byte[] name, SchemaNode? node, string? requiredBy)
    {
        Name = name;
        Node = node;
        RequiredBy = requiredBy;

        // The name and its closing quote as they stand in a message that escapes nothing.
        _quoted = [.. name, (byte)'"'];
        _plain = name.AsSpan().IndexOfAny((byte)'"', (byte)'\\') < 0 && !name.AsSpan().ContainsAnyInRange((byte)0, (byte)0x1F);
        int headLength = Math.Min(_quoted.Length, sizeof(ulong));
        Span<byte> head = stackalloc byte[sizeof(ulong)];
        _quoted.AsSpan(0, headLength).CopyTo(head);
        _head = BinaryPrimitives.ReadUInt64LittleEndian(head);
        _headMask = headLength == sizeof(ulong) ? ulong.MaxValue : (1UL << (headLength * 8)) - 1;
    }

    /// <summary>The name in UTF-8, without escapes.</summary>
    public byte[] Name { get; }

    /// <summary>The schema of its value; null when the name is not declared as a property.</summary>
    public SchemaNode? Node { get; }

    /// <summary>The schema that requires it; null when none does.</summary>
    public string? RequiredBy { get; }

    /// <summary>Whether this very name, unescaped and with its closing quote, stands at a position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark Validate.IsValid: one masked word decides most guesses
    public bool StandsAt(ReadOnlySpan<byte> json, int position)
    {
        if (position > json.Length - sizeof(ulong))
            return _plain && json[position..].StartsWith(_quoted);

        ulong word = BinaryPrimitives.ReadUInt64LittleEndian(json[position..]);
        return (word & _headMask) == _head && _plain
            && (_quoted.Length <= sizeof(ulong) || json[(position + sizeof(ulong))..].StartsWith(_quoted.AsSpan(sizeof(ulong))));
    }
}
