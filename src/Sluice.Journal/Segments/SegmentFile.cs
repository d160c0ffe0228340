namespace Sluice.Journal;

/// <summary>How segment files are created and written.</summary>
internal static class SegmentFile
{
    /// <summary>Creates a segment that is whole and named on disk when this returns.</summary>
    /// <exception cref="DiskFullException">There is no room; a useless file may be left.</exception>
    internal static IJournalFile Create(IJournalDisk disk, SegmentHeader header, Span<byte> buffer)
    {
        var file = disk.Create(Segment.NameOf(header.BaseOffset), header.AllocatedBytes);
        try
        {
            header.Write(buffer);
            file.WriteAll(buffer[..SegmentHeader.Bytes], 0);
            file.Flush();
            disk.FlushFolder();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes all of it, however short the single writes are.</summary>
    internal static void WriteAll(this IJournalFile file, ReadOnlySpan<byte> bytes, long position)
    {
        while (!bytes.IsEmpty)
        {
            var written = file.Write(bytes, position);
            if (written <= 0)
                throw new IOException("The disk took no bytes and gave no reason.");
            bytes = bytes[written..];
            position += written;
        }
    }
}
