using Sluice.Gateway.Flow;

namespace Sluice.Gateway.Messages;

/// <summary>Reads a body whole into a buffer of the flow.</summary>
internal static class BodyReader
{
    private const int FirstBytes = 4 << 10;

    /// <summary>The bytes, the flow's until its end; null when there are more than <paramref name="maxBytes"/>.</summary>
    /// <param name="source">The body.</param>
    /// <param name="maxBytes">The most.</param>
    /// <param name="flow">Whose buffer it is.</param>
    /// <param name="expected">How many are announced; 0 for unknown.</param>
    /// <param name="late">Given new patience with every part.</param>
    /// <param name="patience">How long a part may take.</param>
    internal static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(
        Stream source, int maxBytes, FlowContext flow, int expected = 0, CancellationTokenSource? late = null, TimeSpan patience = default)
    {
        var cancellation = late?.Token ?? flow.Cancellation;
        var buffer = flow.Leases.Rent(expected > 0 ? expected + 1 : FirstBytes);
        var length = 0;
        while (true)
        {
            var read = await source.ReadAsync(buffer.AsMemory(length), cancellation);
            if (read == 0)
                return buffer.AsMemory(0, length);
            length += read;
            if (length > maxBytes)
                return null;
            late?.CancelAfter(patience);
            if (length < buffer.Length)
                continue;
            var larger = flow.Leases.Rent(buffer.Length * 2);
            buffer.AsSpan(0, length).CopyTo(larger);
            flow.Leases.Return(buffer);
            buffer = larger;
        }
    }
}
