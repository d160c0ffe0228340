using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Sluice.Journal;

/// <summary>
/// Makes a folder of segment files usable again after whatever happened to it. Earlier segments are checked by header and chain;
/// the last one frame by frame. A torn tail is cut; damage to what had been flushed is reported and nothing is touched.
/// </summary>
internal sealed class FolderRecovery(IJournalDisk disk, JournalOptions options, ILogger logger)
{
    private const int RewriteChunkBytes = 1 << 20;

    private readonly byte[] _header = new byte[SegmentHeader.Bytes];

    /// <exception cref="JournalCorruptException">A segment is missing or damaged.</exception>
    internal RecoveredJournal Recover(long nowMs)
    {
        var bases = Bases();
        if (bases.Count > 0 && !TryReadHeader(bases[^1], out _))
        {
            RemoveTornSegment(bases[^1], isOnly: bases.Count == 1);
            bases.RemoveAt(bases.Count - 1);
        }

        return bases.Count == 0 ? CreateFirst(nowMs) : RecoverChain(bases);
    }

    private List<long> Bases()
    {
        List<long> bases = [];
        foreach (var name in disk.List())
        {
            if (Segment.TryParseName(name, out var baseOffset))
                bases.Add(baseOffset);
        }

        bases.Sort();
        return bases;
    }

    private bool TryReadHeader(long baseOffset, out SegmentHeader header)
    {
        var name = Segment.NameOf(baseOffset);
        using var file = disk.Open(name, writable: false);
        var read = file.Read(_header, 0);
        return SegmentHeader.TryRead(_header.AsSpan(0, read), name, out header) && header.BaseOffset == baseOffset;
    }

    // Only its creation can have been cut off: a segment is used once its header is flushed, so nothing may follow the header.
    private void RemoveTornSegment(long baseOffset, bool isOnly)
    {
        var name = Segment.NameOf(baseOffset);
        using (var file = disk.Open(name, writable: false))
        {
            var buffer = new byte[RewriteChunkBytes];
            for (long position = SegmentHeader.Bytes; position < file.Length; position += buffer.Length)
            {
                var read = file.Read(buffer, position);
                if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
                    throw new JournalCorruptException(name, 0, baseOffset, "the segment header is damaged and records follow it");
            }
        }

        if (isOnly && baseOffset != 0)
            throw new JournalCorruptException(name, 0, baseOffset, "the segment header is damaged");
        disk.Delete(name);
        disk.FlushFolder();
        logger.TornSegmentRemoved(name);
    }

    private RecoveredJournal CreateFirst(long nowMs)
    {
        var salt = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
        var segment = new Segment(new SegmentHeader(salt, 0, -1, nowMs, options.SegmentBytes));
        try
        {
            return new RecoveredJournal([segment], SegmentFile.Create(disk, segment.Header, _header), 0, nowMs, false, 0);
        }
        catch (DiskFullException e)
        {
            throw new JournalFullException($"The journal cannot be created: {e.Message}", e);
        }
    }

    private RecoveredJournal RecoverChain(List<long> bases)
    {
        List<Segment> segments = [];
        foreach (var baseOffset in bases)
        {
            if (!TryReadHeader(baseOffset, out var header))
                throw new JournalCorruptException(Segment.NameOf(baseOffset), 0, baseOffset, "the segment header is damaged");
            var segment = new Segment(header);
            if (segments.Count > 0)
                Link(segments[^1], segment);
            segments.Add(segment);
        }

        return RecoverTail(segments);
    }

    private void Link(Segment segment, Segment next)
    {
        if (next.Header.PreviousBase != segment.BaseOffset)
        {
            var missing = next.Header.PreviousBase;
            throw new JournalCorruptException(Segment.NameOf(missing), 0, missing, $"the segment file is missing, but {next.Name} follows it");
        }

        segment.Seal(next.BaseOffset);
        using var file = disk.Open(segment.Name, writable: true);
        if (file.Length < segment.FileBytes)
            throw new JournalCorruptException(segment.Name, file.Length, segment.BaseOffset + file.Length - SegmentHeader.Bytes,
                $"the file ends here, but {next.Name} begins at offset {next.BaseOffset}");
        if (file.Length == segment.FileBytes)
            return;
        // A crash came between the creation of the next segment and the cut of this one.
        file.SetLength(segment.FileBytes);
        file.Flush();
    }

    private RecoveredJournal RecoverTail(List<Segment> segments)
    {
        var tail = segments[^1];
        var file = disk.Open(tail.Name, writable: true);
        try
        {
            var scan = TailScan.Run(tail, file, options.ReadChunkBytes);
            MakeDurable(tail, file, scan);
            if (scan.TornBytes > 0)
                logger.TornTailCut(tail.Name, scan.EndOffset, scan.TornBytes);
            return new RecoveredJournal(segments, file, scan.EndOffset, scan.LastTimeMs, scan.EndsWithMark, scan.TornBytes);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // What is read here may be only in the system's memory: after a failed flush it counts bytes as written that never reached the
    // disk, and flushing again would do nothing. So all that is not proven to be on disk is written again, and what lies past the
    // end is cut even if it looks empty.
    private void MakeDurable(Segment tail, IJournalFile file, TailScan scan)
    {
        tail.Header.Write(_header);
        file.WriteAll(_header, 0);
        RewriteLastGroup(tail, file, scan);
        file.SetLength(tail.PositionOf(scan.EndOffset));
        file.SetLength(tail.Header.AllocatedBytes);
        file.Flush();
        disk.FlushFolder();
    }

    private static void RewriteLastGroup(Segment tail, IJournalFile file, TailScan scan)
    {
        var position = tail.PositionOf(scan.GroupBegin);
        var end = tail.PositionOf(scan.EndOffset);
        var buffer = new byte[(int)Math.Min(RewriteChunkBytes, end - position)];
        while (position < end)
        {
            var read = file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - position)), position);
            if (read == 0)
                throw new IOException($"{tail.Name} became shorter while it was recovered.");
            file.WriteAll(buffer.AsSpan(0, read), position);
            position += read;
        }
    }
}
