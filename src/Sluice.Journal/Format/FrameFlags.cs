namespace Sluice.Journal;

/// <summary>What a frame says about itself besides its payload (docs/formats/journal.md, Frame).</summary>
[Flags]
internal enum FrameFlags : ushort
{
    /// <summary>A record, the last or only one of its append.</summary>
    None = 0,

    /// <summary>More frames of the same append follow: recovery keeps all of them or none.</summary>
    More = 1,

    /// <summary>Not a record: written at a clean close, when everything before it had been flushed. Readers skip it.</summary>
    Mark = 2,
}
