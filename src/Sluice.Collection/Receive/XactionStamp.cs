using System.Buffers.Text;

namespace Sluice.Collection.Receive;

/// <summary>The ids of one request: <c>{epochMs}:{node}:{counter}</c>, and per message <c>:index</c> or, refused, <c>-index</c> (Ruling 1).</summary>
internal sealed class XactionStamp
{
    /// <summary>Room for any message's id: three numbers of 64 bits, an index and three separators.</summary>
    internal const int MaxBytes = 80;

    private readonly byte[] _stamp = new byte[MaxBytes];
    private readonly int _length;

    internal XactionStamp(long epochMs, int node, long counter)
    {
        _length = Append(0, epochMs);
        _stamp[_length++] = (byte)':';
        _length = Append(_length, node);
        _stamp[_length++] = (byte)':';
        _length = Append(_length, counter);
    }

    /// <summary>The request's own id.</summary>
    internal ReadOnlySpan<byte> BatchId => _stamp.AsSpan(0, _length);

    /// <summary>Writes the id of a message of a multi-message request.</summary>
    internal ReadOnlySpan<byte> Of(int index, bool isAccepted, Span<byte> to)
    {
        BatchId.CopyTo(to);
        to[_length] = isAccepted ? (byte)':' : (byte)'-';
        Utf8Formatter.TryFormat(index, to[(_length + 1)..], out var digits);
        return to[..(_length + 1 + digits)];
    }

    /// <summary>Writes the id of a single message, which has no index unless it is refused.</summary>
    internal ReadOnlySpan<byte> OfSingle(bool isAccepted, Span<byte> to) => isAccepted ? BatchId : Of(0, false, to);

    private int Append(int at, long number)
    {
        Utf8Formatter.TryFormat(number, _stamp.AsSpan(at), out var digits);
        return at + digits;
    }
}
