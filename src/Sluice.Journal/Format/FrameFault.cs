using System.Diagnostics;

namespace Sluice.Journal;

/// <summary>Why bytes are not the frame that should stand there.</summary>
internal enum FrameFault
{
    None,
    HeaderChecksum,
    NotAFrame,
    Misplaced,
    PayloadChecksum,
    PastTheEnd,
}

/// <summary>The sentence an operator reads for each <see cref="FrameFault"/>.</summary>
internal static class FrameFaultText
{
    internal static string Reason(this FrameFault fault) => fault switch
    {
        FrameFault.HeaderChecksum => "the checksum of the frame header does not match, or the offset is not the start of a record",
        FrameFault.NotAFrame => "the bytes are not a frame header",
        FrameFault.Misplaced => "the frame was written for another offset",
        FrameFault.PayloadChecksum => "the checksum of the payload does not match",
        FrameFault.PastTheEnd => "the frame reaches past the end of its segment",
        _ => throw new UnreachableException(),
    };
}
