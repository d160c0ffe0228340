using System.Buffers.Binary;
using Sluice.Journal.Records;
using Sluice.Storage;

namespace Sluice.Collection.Deduplication;

/// <summary>The seen keys on disk: numbered files of checksummed blocks, written behind the journal and read at the start.</summary>
/// <remarks>
/// The bytes: docs/formats/seen-ids.md. Guarantees: a block that was written is flushed; a torn last block is cut off at the next opening.
/// Threading: one writer. After a failure: the block is written again at the same place by the next call.
/// A file goes once all its keys have expired, or, at the size bound, as the oldest.
/// </remarks>
internal sealed class SeenIdLog : IDisposable
{
    /// <summary>Bytes before a block's keys: count, journal offset, checksum of both and of the keys.</summary>
    private const int BlockHeaderBytes = 16;

    private const int MaxBlockKeys = 1 << 20;
    private const int FileBytes = 64 << 20;
    private const string Suffix = ".seen";

    private readonly string _folder;
    private readonly long _maxBytes;
    private readonly List<SeenFile> _files = [];
    private FileStream? _open;

    private SeenIdLog(string folder, long maxBytes)
    {
        _folder = folder;
        _maxBytes = maxBytes;
    }

    private sealed class SeenFile(long number)
    {
        internal long Number => number;
        internal long Bytes { get; set; }
        internal uint LastExpirySeconds { get; set; }
    }

    /// <summary>Every record of the journal before it has its key in the log.</summary>
    internal long JournalOffset { get; private set; }

    /// <summary>Blocks that could not be read, other than a torn last one: their keys are forgotten.</summary>
    internal int DamagedBlocks { get; private set; }

    /// <summary>Opens the folder, or makes it, and hands out every key it holds.</summary>
    internal static SeenIdLog Open(string folder, long maxBytes, Action<RememberedKey> onKey)
    {
        Folder.Create(folder);
        var log = new SeenIdLog(folder, maxBytes);
        var numbers = Directory.EnumerateFiles(folder, "*" + Suffix)
            .Select(path => long.TryParse(Path.GetFileNameWithoutExtension(path), out var number) ? number : -1)
            .Where(number => number >= 0).Order().ToArray();
        foreach (var number in numbers)
            log.Load(number, isLast: number == numbers[^1], onKey);
        return log;
    }

    /// <summary>Writes the keys as blocks and flushes them; from then on <see cref="JournalOffset"/> is the one given.</summary>
    internal void Write(ReadOnlySpan<RememberedKey> keys, long journalOffset)
    {
        var written = 0;
        do
        {
            var some = keys.Slice(written, Math.Min(MaxBlockKeys, keys.Length - written));
            written += some.Length;
            // Only the last block may say that the journal is covered up to here.
            WriteBlock(some, written == keys.Length ? journalOffset : JournalOffset);
        }
        while (written < keys.Length);
        _open!.Flush(flushToDisk: true);
        JournalOffset = journalOffset;
    }

    /// <summary>Deletes files whose keys have all expired, and the oldest ones over the size bound.</summary>
    internal void DeleteExpired(uint nowSeconds)
    {
        while (_files.Count > 1 && (_files[0].LastExpirySeconds <= nowSeconds || _files.Sum(file => file.Bytes) > _maxBytes))
        {
            File.Delete(PathOf(_files[0].Number));
            _files.RemoveAt(0);
        }
    }

    public void Dispose() => _open?.Dispose();

    private string PathOf(long number) => Path.Combine(_folder, $"{number:D12}{Suffix}");

    private void WriteBlock(ReadOnlySpan<RememberedKey> keys, long journalOffset)
    {
        var block = new byte[BlockHeaderBytes + keys.Length * RememberedKey.Bytes];
        BinaryPrimitives.WriteInt32LittleEndian(block, keys.Length);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(4), journalOffset);
        for (var index = 0; index < keys.Length; index++)
            keys[index].Write(block.AsSpan(BlockHeaderBytes + index * RememberedKey.Bytes));
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(12), Checksum(block));

        var file = FileFor(block.Length);
        _open!.Position = file.Bytes; // after a failed write: over what it left
        _open.Write(block);
        file.Bytes += block.Length;
        foreach (var key in keys)
            file.LastExpirySeconds = Math.Max(file.LastExpirySeconds, key.ExpiresSeconds);
    }

    private SeenFile FileFor(int bytes)
    {
        if (_open is not null && _files[^1].Bytes + bytes <= FileBytes)
            return _files[^1];
        _open?.Dispose();
        var file = new SeenFile(_files.Count == 0 ? 1 : _files[^1].Number + 1);
        _open = new FileStream(PathOf(file.Number), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        Folder.Flush(_folder);
        _files.Add(file);
        return file;
    }

    private void Load(long number, bool isLast, Action<RememberedKey> onKey)
    {
        var bytes = File.ReadAllBytes(PathOf(number));
        var file = new SeenFile(number);
        var at = 0;
        while (TryReadBlock(bytes.AsSpan(at), out var count, out var journalOffset))
        {
            for (var index = 0; index < count; index++)
            {
                var key = RememberedKey.Read(bytes.AsSpan(at + BlockHeaderBytes + index * RememberedKey.Bytes));
                file.LastExpirySeconds = Math.Max(file.LastExpirySeconds, key.ExpiresSeconds);
                onKey(key);
            }
            JournalOffset = journalOffset;
            at += BlockHeaderBytes + count * RememberedKey.Bytes;
        }
        if (at < bytes.Length && !isLast)
            DamagedBlocks++;
        file.Bytes = at;
        _files.Add(file);
        if (!isLast)
            return;
        _open = new FileStream(PathOf(number), FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _open.SetLength(at);
    }

    private static bool TryReadBlock(ReadOnlySpan<byte> from, out int count, out long journalOffset)
    {
        count = 0;
        journalOffset = 0;
        if (from.Length < BlockHeaderBytes)
            return false;
        count = BinaryPrimitives.ReadInt32LittleEndian(from);
        journalOffset = BinaryPrimitives.ReadInt64LittleEndian(from[4..]);
        return count is >= 0 and <= MaxBlockKeys
            && from.Length >= BlockHeaderBytes + count * RememberedKey.Bytes
            && BinaryPrimitives.ReadUInt32LittleEndian(from[12..]) == Checksum(from[..(BlockHeaderBytes + count * RememberedKey.Bytes)]);
    }

    // CRC-32C of the whole block but the checksum's own four bytes. Never 0 for zeros: a hole is no block.
    private static uint Checksum(ReadOnlySpan<byte> block)
    {
        var crc = uint.MaxValue;
        for (var at = 0; at < block.Length; at += sizeof(uint))
        {
            if (at != 12)
                crc = System.Numerics.BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt32LittleEndian(block[at..]));
        }
        return ~crc;
    }
}
