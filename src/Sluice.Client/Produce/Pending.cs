using Sluice.Client.Spool;

namespace Sluice.Client.Produce;

/// <summary>A message on its way: taken from the caller, not decided yet.</summary>
internal sealed class Pending
{
    private readonly TaskCompletionSource<MessageResult>? _result;

    /// <summary>A message of a caller, who waits for its result.</summary>
    internal Pending(byte[] bytes)
    {
        Bytes = bytes;
        Length = bytes.Length;
        _result = new TaskCompletionSource<MessageResult>(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>A message that lies in somebody's buffer until it is decided; nobody waits for its result.</summary>
    internal Pending(long number, ReadOnlyMemory<byte> bytes)
    {
        Number = number;
        Bytes = bytes;
        Length = bytes.Length;
    }

    /// <summary>A message found in the spool; its caller is gone.</summary>
    internal Pending(long number, int length, SpoolPlace place)
    {
        Number = number;
        Length = length;
        Place = place;
    }

    /// <summary>Its place in the order of enqueuing; without gaps.</summary>
    internal long Number { get; set; }

    internal int Length { get; }

    /// <summary>When it was ready to be sent, as a timestamp of the producer's clock.</summary>
    internal long ReadyAt { get; set; }

    /// <summary>The message; null once it lies in the spool.</summary>
    internal ReadOnlyMemory<byte>? Bytes { get; private set; }

    internal SpoolPlace Place { get; private set; }

    /// <summary>What the caller waits for.</summary>
    internal Task<MessageResult> Result => _result!.Task;

    /// <summary>What was decided, before the caller is told.</summary>
    internal MessageResult? Verdict { get; set; }

    /// <summary>It is on disk; memory lets go of it.</summary>
    internal void Spooled(SpoolPlace place)
    {
        Place = place;
        Bytes = null;
    }

    /// <summary>Tells the caller.</summary>
    internal void Publish() => _result?.TrySetResult(Verdict!);

    internal void Fail(Exception failure) => _result?.TrySetException(failure);
}
