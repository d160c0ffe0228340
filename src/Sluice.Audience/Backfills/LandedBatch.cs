using Sluice.Journal.Records;

namespace Sluice.Audience.Backfills;

/// <summary>A batch in the lake, as far as history is concerned: a row of what docs/formats/lake.md documents for readers.</summary>
internal sealed class LandedBatch
{
    public string BatchId { get; set; } = "";

    /// <summary>Its file of entities in the lake.</summary>
    public string Path { get; set; } = "";

    /// <summary>Lines of that file.</summary>
    public long RecordCount { get; set; }

    /// <summary>Entries of the header file.</summary>
    public long HeaderCount { get; set; }

    /// <summary>The stretch of the journal that landed together with it.</summary>
    public long FromOffset { get; set; }
    public long NextOffset { get; set; }

    internal string HeaderPath => LandedHeader.FileOf(Path);
}
