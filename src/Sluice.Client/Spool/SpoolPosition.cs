using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Client.Spool;

/// <summary>How far a spool is decided, and the id its keys are made of: a small file of two slots, written in turn.</summary>
/// <remarks>
/// A slot: <c>u32 crc32c</c>, <c>i64</c> turn, <c>i64</c> the number below which all is decided, 16 bytes of id. Losing the newest slot only means sending
/// some batches again under their keys, so it is flushed only before files are removed.
/// </remarks>
internal sealed class SpoolPosition : IDisposable
{
    private const int SlotBytes = 36;
    private const int SlotDistance = 512; // a torn write touches one of them

    private readonly SafeFileHandle _handle;
    private readonly byte[] _id;
    private long _turn;

    private SpoolPosition(SafeFileHandle handle, byte[] id, long turn, long below)
    {
        _handle = handle;
        _id = id;
        _turn = turn;
        Below = below;
    }

    /// <summary>Everything below this number is decided.</summary>
    internal long Below { get; private set; }

    /// <summary>Which spool this is, among all there ever were.</summary>
    internal string Id => Convert.ToHexStringLower(_id);

    internal static SpoolPosition Open(string folder)
    {
        var path = Path.Combine(folder, "position");
        var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var bytes = new byte[SlotDistance + SlotBytes];
        var length = RandomAccess.Read(handle, bytes, 0);
        SpoolPosition? newest = null;
        foreach (var at in new[] { 0, SlotDistance })
        {
            var slot = bytes.AsSpan(at, SlotBytes);
            if (at + SlotBytes > length || BinaryPrimitives.ReadUInt32LittleEndian(slot) != SpoolFrame.Checksum(slot[4..]))
                continue;
            var turn = BinaryPrimitives.ReadInt64LittleEndian(slot[4..]);
            if (newest is null || turn > newest._turn)
                newest = new SpoolPosition(handle, slot[20..].ToArray(), turn, BinaryPrimitives.ReadInt64LittleEndian(slot[12..]));
        }
        if (newest is not null)
            return newest;
        if (Directory.EnumerateFiles(folder, SpoolSegment.Pattern).Any())
        {
            handle.Dispose();
            throw new SpoolException($"{path} is gone or damaged, and without it nobody knows which messages of the spool were sent");
        }
        var created = new SpoolPosition(handle, RandomNumberGenerator.GetBytes(16), 0, 0);
        created.Write(0);
        created.Write(0);
        created.Flush();
        FolderSync.Flush(folder);
        return created;
    }

    internal void Write(long below)
    {
        Below = below;
        _turn++;
        Span<byte> slot = stackalloc byte[SlotBytes];
        BinaryPrimitives.WriteInt64LittleEndian(slot[4..], _turn);
        BinaryPrimitives.WriteInt64LittleEndian(slot[12..], below);
        _id.CopyTo(slot[20..]);
        BinaryPrimitives.WriteUInt32LittleEndian(slot, SpoolFrame.Checksum(slot[4..]));
        RandomAccess.Write(_handle, slot, _turn % 2 * SlotDistance);
    }

    internal void Flush() => RandomAccess.FlushToDisk(_handle);

    public void Dispose() => _handle.Dispose();
}
