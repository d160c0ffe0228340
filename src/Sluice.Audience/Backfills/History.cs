using System.IO.Compression;
using Sluice.Journal;
using Sluice.Journal.Records;
using Sluice.Storage;

namespace Sluice.Audience.Backfills;

/// <summary>Where an environment's past lies: what the journal keeps and, before that, the messages that landing left in the lake.</summary>
/// <remarks>The journal's offsets order both, so that a message in both is read once, and none is missed: landing has registered whatever the journal lets go.</remarks>
/// <param name="journal">The newer part.</param>
/// <param name="storage">Where the lake is.</param>
/// <param name="hasLake">Whether this node lands what its journal takes in.</param>
internal sealed class History(EventJournal journal, StorageEnvironment storage, bool hasLake)
{
    private const int Looks = 4;
    private const long LastMs = 253_402_300_799_999;

    private readonly LandedBatches? _batches = hasLake ? new LandedBatches(storage.Sql) : null;

    /// <summary>What events and messages lie in.</summary>
    internal EventJournal Journal => journal;

    /// <summary>The stretch of the journal, kept or not, that a window of time is.</summary>
    /// <param name="window">Ms since 1970; null for as far as anything is known.</param>
    /// <param name="end">Where it ends at the latest.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="LakeDamagedException">What must be looked into is damaged.</exception>
    internal async Task<(long From, long To)> OffsetsOfAsync((long? From, long? To) window, long end, CancellationToken cancellation)
    {
        var from = window.From is { } fromMs
            ? await FindOffsetAsync(Math.Min(fromMs, LastMs), cancellation)
            : Math.Min(_batches is null ? long.MaxValue : await _batches.FindFirstAsync(cancellation) ?? long.MaxValue, journal.StartOffset);
        var to = window.To is { } toMs ? await FindOffsetAsync(Math.Min(toMs, LastMs), cancellation) : end;
        return (from, Math.Min(to, end));
    }

    /// <summary>Keeps the journal from letting go of what is about to be read of it: from an offset, or from its first one if that is gone.</summary>
    internal RetentionHold Hold(string name, long offset)
    {
        while (true)
        {
            try
            {
                return journal.Hold(name, Math.Max(offset, journal.StartOffset));
            }
            catch (JournalOffsetGoneException)
            {
                // It went in this very moment: from the next on.
            }
        }
    }

    /// <summary>When the first record was received that is kept at an offset or behind it; null when there is none.</summary>
    internal long? FindTime(long offset)
    {
        using var reader = journal.OpenReader(offset, looksOn: true);
        return reader.TryRead(out var record) ? record.TimeMs : null;
    }

    /// <summary>Reads messages of a stretch that the journal has let go; null where there is no lake, or no stretch.</summary>
    internal LakeReader? ReadLake(long from, long to) => _batches is { } batches && from < to ? new LakeReader(batches, storage.Lake, from, to) : null;

    /// <summary>How many messages landed before there were header files, in windows that begin between two offsets, end behind a third, and not before a time.</summary>
    internal Task<long> CountWithoutHeadersAsync(long after, long before, long position, long timeMs, CancellationToken cancellation) =>
        _batches?.CountWithoutHeadersAsync(after, before, position, timeMs, cancellation) ?? Task.FromResult(0L);

    private async Task<long> FindOffsetAsync(long timeMs, CancellationToken cancellation)
    {
        for (var look = 0; ; look++)
        {
            var kept = journal.StartOffset;
            try
            {
                if (journal.FindOffset(DateTimeOffset.FromUnixTimeMilliseconds(timeMs)) is var found && found > kept)
                    return found;
            }
            catch (JournalOffsetGoneException)
            {
                continue;
            }
            if (_batches is null)
                return kept;
            // Nothing that is kept is older: the first such message lies in the lake, or is the journal's first record.
            var window = await _batches.ListAtAsync(timeMs, kept, cancellation);
            if (window.Count == 0)
                return kept;
            var offsets = window.Select(batch => FirstOffset(batch, timeMs, isSure: look >= Looks)).ToList();
            if (offsets.TrueForAll(offset => offset is not null))
                return Math.Min(kept, offsets.Min()!.Value);
        }
    }

    // Null when the batch is not there any more, until that is sure.
    private long? FirstOffset(LandedBatch batch, long timeMs, bool isSure)
    {
        if (storage.Lake.Find(batch.HeaderPath) is not { } file)
            return isSure ? throw new LakeDamagedException(batch.HeaderPath, "it is listed and not there.") : null;
        using var headers = new LandedHeaderReader(new GZipStream(file, CompressionMode.Decompress));
        try
        {
            while (headers.TryRead())
            {
                if (headers.Current.TimeMs >= timeMs)
                    return headers.Current.Offset;
            }
        }
        catch (InvalidDataException damage)
        {
            throw new LakeDamagedException(batch.HeaderPath, damage.Message);
        }
        throw new LakeDamagedException(batch.HeaderPath, "its last entry is not as late as its batch says.");
    }
}
