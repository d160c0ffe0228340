using Sluice.Journal;

namespace Sluice.Tests.Doubles;

/// <summary>A file of a <see cref="FaultyDisk"/>: the bytes programs see, the bytes on disk, and which sectors differ.</summary>
internal sealed class FaultyFile(FaultyDisk disk) : IJournalFile
{
    private readonly HashSet<int> _dirty = [];
    private byte[] _disk = [];

    internal FaultyFile(FaultyDisk disk, byte[] bytes) : this(disk)
    {
        Seen = [.. bytes];
        _disk = [.. bytes];
    }

    internal byte[] Seen { get; private set; } = [];

    public long Length => Seen.Length;

    public int Read(Span<byte> buffer, long position)
    {
        lock (disk.Gate)
        {
            var bytes = Seen.AsSpan((int)Math.Min(position, Seen.Length));
            var count = Math.Min(bytes.Length, buffer.Length);
            bytes[..count].CopyTo(buffer);
            return count;
        }
    }

    public int Write(ReadOnlySpan<byte> bytes, long position)
    {
        lock (disk.Gate)
        {
            var fault = disk.NextWrite();
            switch (fault)
            {
                case WriteFault.Full:
                    throw new DiskFullException("The test disk is full.");
                case WriteFault.Error:
                    throw new IOException("The test disk failed to write.");
                case WriteFault.Short or WriteFault.PartlyThenFull:
                    bytes = bytes[..Math.Max(1, bytes.Length / 2)];
                    break;
            }

            if (position + bytes.Length > Seen.Length)
                Resize(position + bytes.Length);
            bytes.CopyTo(Seen.AsSpan((int)position));
            Touch(position, bytes.Length);
            WriteBack(position, bytes.Length);
            if (fault is WriteFault.PartlyThenFull or WriteFault.WhollyThenFull)
                throw new DiskFullException("The test disk is full.");
            return bytes.Length;
        }
    }

    public void SetLength(long bytes)
    {
        lock (disk.Gate)
        {
            disk.Step();
            Resize(bytes);
        }
    }

    public void Flush()
    {
        disk.OnFlush();
        lock (disk.Gate)
        {
            if (disk.NextFlush())
            {
                // As Linux does: the pages are clean from now on, though they never reached the disk.
                _dirty.Clear();
                throw new IOException("The test disk failed to flush.");
            }

            var next = new byte[Seen.Length];
            _disk.AsSpan(0, Math.Min(_disk.Length, next.Length)).CopyTo(next);
            foreach (var sector in _dirty)
                CopySector(Seen, next, sector);
            _dirty.Clear();
            _disk = next;
        }
    }

    public void Dispose()
    {
    }

    internal void Resize(long bytes)
    {
        var old = Seen.Length;
        var resized = new byte[bytes];
        Seen.AsSpan(0, (int)Math.Min(old, bytes)).CopyTo(resized);
        Seen = resized;
        if (bytes > old)
            Touch(old, bytes - old);
    }

    internal void LosePower(Random? random)
    {
        var left = new byte[random?.Next(2) == 1 ? Seen.Length : _disk.Length];
        _disk.AsSpan(0, Math.Min(_disk.Length, left.Length)).CopyTo(left);
        foreach (var sector in _dirty.Order())
        {
            if (random?.Next(2) == 1)
                CopySector(Seen, left, sector);
        }

        _dirty.Clear();
        _disk = left;
        Seen = [.. left];
    }

    private void Touch(long position, long count)
    {
        for (var sector = position / FaultyDisk.SectorBytes; sector * FaultyDisk.SectorBytes < position + count; sector++)
            _dirty.Add((int)sector);
    }

    private void WriteBack(long position, long count)
    {
        for (var sector = position / FaultyDisk.SectorBytes; sector * FaultyDisk.SectorBytes < position + count; sector++)
        {
            if (disk.WriteBack?.Next(3) == 0)
                CopySector(Seen, _disk, (int)sector);
        }
    }

    private static void CopySector(byte[] from, byte[] to, int sector)
    {
        var start = sector * FaultyDisk.SectorBytes;
        var count = Math.Min(FaultyDisk.SectorBytes, Math.Min(from.Length, to.Length) - start);
        if (count > 0)
            from.AsSpan(start, count).CopyTo(to.AsSpan(start));
    }
}
