using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Sluice.Client.Produce;

namespace Sluice.Client.Spool;

/// <summary>Reads what a spool holds: messages that are not decided, and which of them were cut into batches already.</summary>
internal sealed class SpoolRecovery(string folder, long decidedBelow, ILogger logger)
{
    private readonly List<(long First, long Next)> _cuts = [];

    internal List<SpoolSegment> Segments { get; } = [];

    /// <summary>Undecided messages, by number, without gaps.</summary>
    internal List<Pending> Messages { get; } = [];

    /// <summary>Cuts of undecided messages, oldest first.</summary>
    internal IEnumerable<(long First, long Next)> Cuts => _cuts.Where(cut => cut.First >= decidedBelow && cut.Next <= Next);

    /// <summary>The number that the next message gets.</summary>
    internal long Next { get; private set; }

    internal void Read()
    {
        var files = Directory.EnumerateFiles(folder, SpoolSegment.Pattern).Order(StringComparer.Ordinal).ToList();
        Next = -1;
        for (var index = 0; index < files.Count; index++)
        {
            var segment = SpoolSegment.Open(files[index]);
            Segments.Add(segment);
            if (segment.First > (Next < 0 ? decidedBelow : Math.Max(Next, decidedBelow)) || (Next >= 0 && segment.First < Next))
                throw new SpoolException($"{segment.Path} does not follow on what is before it: messages of the spool are missing");
            Next = segment.First;
            var end = ReadFrames(segment);
            if (end < segment.Length || end == 0)
                CutTail(segment, end, isLast: index == files.Count - 1);
        }
        if (Next >= decidedBelow)
            return;
        // All of it is decided, and numbers go on elsewhere: files without a message of use.
        Segments.ForEach(Remove);
        Segments.Clear();
        Next = decidedBelow;
    }

    private static void Remove(SpoolSegment segment)
    {
        segment.Dispose();
        File.Delete(segment.Path);
    }

    // Returns where the last whole frame ends.
    private long ReadFrames(SpoolSegment segment)
    {
        using var file = new FileStream(segment.Path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite, BufferSize = 1 << 20 });
        Span<byte> head = stackalloc byte[SpoolFrame.HeadBytes];
        if (file.ReadAtLeast(head[..SpoolFrame.FileHead.Length], SpoolFrame.FileHead.Length, throwOnEndOfStream: false) < SpoolFrame.FileHead.Length
            || !head.StartsWith(SpoolFrame.FileHead))
            return 0;
        var frame = new byte[64 * 1024];
        while (true)
        {
            var at = file.Position;
            if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length
                || !SpoolFrame.TryReadHead(head, out var kind, out var number, out var length) || length > segment.Length - at - head.Length)
                return at;
            if (frame.Length < head.Length + length)
                frame = new byte[head.Length + length];
            head.CopyTo(frame);
            file.ReadExactly(frame, head.Length, length);
            if (!SpoolFrame.IsIntact(frame.AsSpan(0, head.Length + length)))
                return at;
            if (kind == FrameKind.Cut)
                _cuts.Add((number, BinaryPrimitives.ReadInt64LittleEndian(frame.AsSpan(head.Length))));
            else if (number != Next++)
                throw new SpoolException($"{segment.Path}: at {at} stands message {number} where {Next - 1} should be");
            else if (number >= decidedBelow)
                Messages.Add(new Pending(number, length, new SpoolPlace(segment, at + head.Length)));
        }
    }

    // A process that died while writing leaves half a frame at the very end; nobody was told that it is there.
    private void CutTail(SpoolSegment segment, long end, bool isLast)
    {
        if (!isLast)
            throw new SpoolException($"{segment.Path} is damaged at {end}");
        var kept = segment.Path + ".torn";
        File.Copy(segment.Path, kept, overwrite: true);
        logger.SpoolTailCut(segment.Path, segment.Length - end, kept);
        RandomAccess.SetLength(segment.Handle, end);
        if (end == 0)
            RandomAccess.Write(segment.Handle, SpoolFrame.FileHead, 0);
        RandomAccess.FlushToDisk(segment.Handle);
        segment.Length = Math.Max(end, SpoolFrame.FileHead.Length);
    }
}
