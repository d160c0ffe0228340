using System.Buffers.Binary;
using System.Threading.Channels;
using Sluice.Client.Produce;

namespace Sluice.Client.Spool;

/// <summary>Writes messages and cuts to the spool's files; those that come while one flush is under way share the next.</summary>
/// <remarks>
/// Guarantees: a write that has returned is on disk. A write that failed is not there (its bytes are cut off), and the next is tried anew; when the
/// bytes cannot be cut off, or a flush failed, nobody knows what is on disk: the writer takes nothing more until the spool is opened again.
/// Threading: one loop writes. Numbers are given, and <c>onStored</c> is called, in order and by that loop.
/// </remarks>
internal sealed class SpoolWriter
{
    private const int MaxGroupBytes = 4 << 20;

    private readonly Channel<Entry> _entries = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true }); // bounded by the producer's allowance
    private readonly SpoolSegments _segments;
    private readonly Action<IReadOnlyList<Pending>> _onStored;
    private readonly Task _loop;
    private byte[] _buffer = new byte[64 * 1024];
    private long _next;
    private Exception? _broken;

    internal SpoolWriter(SpoolSegments segments, long next, Action<IReadOnlyList<Pending>> onStored)
    {
        _segments = segments;
        _next = next;
        _onStored = onStored;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Writes a message; on return it is on disk and has its number.</summary>
    internal Task AppendAsync(Pending message) => PostAsync(new Entry(message, null));

    /// <summary>Writes down that a batch was cut; on return that is on disk.</summary>
    internal Task CutAsync(Batch batch) => PostAsync(new Entry(null, batch));

    /// <summary>Returns when everything posted before is written, or has failed.</summary>
    internal Task WrittenAsync() => PostAsync(new Entry(null, null));

    /// <summary>Ends when everything posted is written.</summary>
    internal async Task StopAsync()
    {
        _entries.Writer.TryComplete();
        await _loop;
    }

    private Task PostAsync(Entry entry)
    {
        ObjectDisposedException.ThrowIf(!_entries.Writer.TryWrite(entry), typeof(CollectionProducer));
        return entry.Done.Task;
    }

    private async Task RunAsync()
    {
        var group = new List<Entry>();
        while (await _entries.Reader.WaitToReadAsync())
        {
            var bytes = 0;
            while (bytes < MaxGroupBytes && _entries.Reader.TryRead(out var entry))
            {
                group.Add(entry);
                bytes += entry.FrameBytes;
            }
            Write(group, bytes);
            group.Clear();
        }
    }

    private void Write(List<Entry> group, int bytes)
    {
        var next = _next;
        try
        {
            if (_broken is not null)
                throw new SpoolException("The spool cannot be written any more; open the producer again", _broken);
            var segment = _segments.ForWriting(next);
            if (_buffer.Length < bytes)
                _buffer = new byte[Math.Max(bytes, _buffer.Length * 2)];
            List<(Pending Message, SpoolPlace Place)> stored = [];
            var at = 0;
            foreach (var entry in group)
                at += Encode(entry, segment, at, ref next, stored);
            if (at > 0)
                Persist(segment, at);
            _next = next;
            foreach (var (message, place) in stored)
                message.Spooled(place);
            _onStored([.. stored.Select(one => one.Message)]);
        }
        catch (Exception failure)
        {
            if (failure is not (IOException or UnauthorizedAccessException))
                _broken = failure;
            foreach (var entry in group)
                entry.Done.TrySetException(failure is IOException ? failure : new SpoolException($"The spool cannot be written: {failure.Message}", failure));
            return;
        }
        foreach (var entry in group)
            entry.Done.TrySetResult();
    }

    private int Encode(Entry entry, SpoolSegment segment, int at, ref long next, List<(Pending, SpoolPlace)> stored)
    {
        var to = _buffer.AsSpan(at);
        if (entry.Message is { } message)
        {
            message.Number = next++;
            stored.Add((message, new SpoolPlace(segment, segment.Length + at + SpoolFrame.HeadBytes)));
            return SpoolFrame.Write(to, FrameKind.Message, message.Number, message.Bytes!.Value.Span);
        }
        if (entry.Cut is not { } cut)
            return 0;
        Span<byte> end = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(end, cut.Next);
        return SpoolFrame.Write(to, FrameKind.Cut, cut.First, end);
    }

    private void Persist(SpoolSegment segment, int bytes)
    {
        try
        {
            RandomAccess.Write(segment.Handle, _buffer.AsSpan(0, bytes), segment.Length);
        }
        catch (IOException)
        {
            Guard(() => RandomAccess.SetLength(segment.Handle, segment.Length));
            throw;
        }
        Guard(() => RandomAccess.FlushToDisk(segment.Handle));
        segment.Length += bytes;
    }

    private void Guard(Action step)
    {
        try
        {
            step();
        }
        catch (Exception failure)
        {
            _broken = failure;
            throw;
        }
    }

    /// <summary>One who waits for a write.</summary>
    private sealed record Entry(Pending? Message, Batch? Cut)
    {
        internal TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal int FrameBytes => SpoolFrame.HeadBytes + (Message?.Length ?? sizeof(long));
    }
}
