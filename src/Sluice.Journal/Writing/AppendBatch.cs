using System.Buffers;
using System.Collections.Concurrent;

namespace Sluice.Journal;

/// <summary>
/// Records being gathered for one append, framed in place with their checksums. For each: <see cref="StartRecord"/>, write the
/// payload through <see cref="IBufferWriter{T}"/>, <see cref="EndRecord"/>. Reusable; rented and returned, it allocates nothing.
/// <para>Threading: one thread at a time. Not to be touched between the call of <see cref="EventJournal.AppendAsync"/> and the end
/// of its task.</para>
/// </summary>
public sealed class AppendBatch : IBufferWriter<byte>, IDisposable
{
    private const int PooledBatches = 256;
    private const int FirstBufferBytes = 64 << 10;
    private const int KeptBufferBytes = 1 << 20; // a larger buffer goes back to the array pool with its batch

    private static readonly ConcurrentQueue<AppendBatch> Pool = new();
    private static int _pooled;

    private byte[] _buffer = [];
    private int _written;
    private int _recordStart = -1;
    private bool _rented;

    private AppendBatch()
    {
    }

    /// <summary>How many records are complete.</summary>
    public int Count { get; private set; }

    /// <summary>The framed size of the complete records in bytes: payloads plus 36 bytes each.</summary>
    public int Bytes => _recordStart >= 0 ? _recordStart : _written;

    /// <summary>The largest payload among the complete records, in bytes.</summary>
    internal int LargestRecordBytes { get; private set; }

    /// <summary>The complete records with drafted headers.</summary>
    internal ReadOnlySpan<byte> Frames => _buffer.AsSpan(0, Bytes);

    internal bool IsInRecord => _recordStart >= 0;

    /// <summary>An empty batch. Dispose it to give it back.</summary>
    public static AppendBatch Rent()
    {
        if (Pool.TryDequeue(out var batch))
            Interlocked.Decrement(ref _pooled);
        else
            batch = new AppendBatch();
        batch._rented = true;
        return batch;
    }

    /// <summary>Begins a record; what is written next is its payload.</summary>
    /// <exception cref="InvalidOperationException">The record before was not ended.</exception>
    public void StartRecord()
    {
        ObjectDisposedException.ThrowIf(!_rented, this);
        if (IsInRecord)
            throw new InvalidOperationException("The record before has not been ended or abandoned.");
        Reserve(FrameHeader.Bytes);
        _recordStart = _written;
        _written += FrameHeader.Bytes;
    }

    /// <summary>Completes the record. Returns its place in the batch in bytes: add it to <see cref="AppendResult.Offset"/> for its offset.</summary>
    /// <exception cref="InvalidOperationException">No record was started.</exception>
    public int EndRecord()
    {
        RequireRecord();
        var place = _recordStart;
        var payload = _buffer.AsSpan(place + FrameHeader.Bytes, _written - place - FrameHeader.Bytes);
        FrameHeader.Draft(_buffer.AsSpan(place, FrameHeader.Bytes), payload);
        LargestRecordBytes = Math.Max(LargestRecordBytes, payload.Length);
        _recordStart = -1;
        Count++;
        return place;
    }

    /// <summary>Forgets the record under way, if any; the complete ones stay.</summary>
    public void AbandonRecord()
    {
        if (!IsInRecord)
            return;
        _written = _recordStart;
        _recordStart = -1;
    }

    /// <summary>Forgets all records, for use again.</summary>
    public void Clear()
    {
        _written = 0;
        _recordStart = -1;
        Count = 0;
        LargestRecordBytes = 0;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        RequireRecord();
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _written);
        _written += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        RequireRecord();
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_written);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Gives the batch back. Its records, if not appended, are forgotten.</summary>
    public void Dispose()
    {
        if (!_rented)
            return;
        _rented = false;
        Clear();
        if (_buffer.Length > KeptBufferBytes)
            Replace([]);
        if (Interlocked.Increment(ref _pooled) <= PooledBatches)
        {
            Pool.Enqueue(this);
            return;
        }

        Interlocked.Decrement(ref _pooled);
        Replace([]);
    }

    private void RequireRecord()
    {
        if (!IsInRecord)
            throw new InvalidOperationException("No record has been started.");
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _written >= bytes)
            return;
        if ((long)_written + bytes > Array.MaxLength)
            throw new InvalidOperationException($"A batch cannot hold more than {Array.MaxLength} bytes.");
        var needed = Math.Max((long)_written + bytes, Math.Max(FirstBufferBytes, 2L * _buffer.Length));
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(needed, Array.MaxLength));
        _buffer.AsSpan(0, _written).CopyTo(larger);
        Replace(larger);
    }

    private void Replace(byte[] buffer)
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = buffer;
    }
}
