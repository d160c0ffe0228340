using System.Buffers.Binary;

namespace Sluice.Journal.Records;

/// <summary>One signal of an event: a key with one of its values, both UTF-8.</summary>
public readonly ref struct RecordedSignal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
{
    public ReadOnlySpan<byte> Key { get; } = key;
    public ReadOnlySpan<byte> Value { get; } = value;
}

/// <summary>The signals of an <see cref="EventRecord"/>; <c>foreach</c> walks them without allocating.</summary>
public readonly ref struct SignalList(int count, ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How many there are.</summary>
    public int Count { get; } = count;

    /// <summary>Begins at the first.</summary>
    public Enumerator GetEnumerator() => new(Count, _bytes);

    /// <summary>Walks the list.</summary>
    public ref struct Enumerator(int left, ReadOnlySpan<byte> rest)
    {
        private int _left = left;
        private ReadOnlySpan<byte> _rest = rest;

        /// <summary>The signal reached.</summary>
        public RecordedSignal Current { get; private set; }

        /// <summary>Goes on; false at the end, and where the bytes do not hold what the count says.</summary>
        public bool MoveNext()
        {
            if (_left == 0 || _rest.Length < SignalEncoder.FixedBytes)
                return false;
            var keyBytes = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
            var total = SignalEncoder.FixedBytes + keyBytes + BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]);
            if (_rest.Length < total)
                return false;

            Current = new RecordedSignal(_rest.Slice(SignalEncoder.FixedBytes, keyBytes), _rest[(SignalEncoder.FixedBytes + keyBytes)..total]);
            _rest = _rest[total..];
            _left--;
            return true;
        }
    }
}

/// <summary>Writes signals in the form an event's record holds them: docs/formats/record.md.</summary>
public static class SignalEncoder
{
    internal const int FixedBytes = 4;

    /// <summary>Writes one signal; false when it does not fit into <paramref name="to"/> or its parts are too long.</summary>
    public static bool TryWrite(Span<byte> to, in RecordedSignal signal, out int written)
    {
        written = FixedBytes + signal.Key.Length + signal.Value.Length;
        if (signal.Key.Length > ushort.MaxValue || signal.Value.Length > ushort.MaxValue || to.Length < written)
            return false;

        BinaryPrimitives.WriteUInt16LittleEndian(to, (ushort)signal.Key.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(to[2..], (ushort)signal.Value.Length);
        signal.Key.CopyTo(to[FixedBytes..]);
        signal.Value.CopyTo(to[(FixedBytes + signal.Key.Length)..]);
        return true;
    }
}
