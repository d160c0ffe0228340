using System.Buffers;
using System.Text.Json;
using Sluice.Client.Spool;

namespace Sluice.Client.Produce;

/// <summary>The body of a request of many messages, <c>{"messages":[…]}</c>: the same bytes for the same messages, as a key demands.</summary>
internal static class RequestBody
{
    private const int MaxDepth = 1_000; // deeper is for the server to judge; the reader only wants a bound

    private static readonly byte[] Head = "{\"messages\":["u8.ToArray();
    private static readonly byte[] Tail = "]}"u8.ToArray();

    /// <summary>The exact size of a body.</summary>
    internal static long Size(int messages, long bytes) => Head.Length + bytes + Math.Max(0, messages - 1) + Tail.Length;

    /// <summary>Why a message could never be sent, or null.</summary>
    internal static string? Fault(ReadOnlySpan<byte> message, int maxRequestBytes)
    {
        if (Size(1, message.Length) > maxRequestBytes)
            return $"The message has {message.Length} bytes; a request of {maxRequestBytes} bytes holds at most {maxRequestBytes - Size(1, 0)}";
        var reader = new Utf8JsonReader(message, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return "The message is not a JSON object";
            while (reader.Read())
            {
            }
            return null;
        }
        catch (JsonException fault)
        {
            return $"The message is not JSON: {fault.Message}";
        }
    }

    /// <summary>Writes the body, from memory or from the spool, into an array of the shared pool that is at least as large.</summary>
    internal static async ValueTask<ArraySegment<byte>> ComposeAsync(IReadOnlyList<Pending> messages, CancellationToken cancellation)
    {
        var length = (int)Size(messages.Count, messages.Sum(one => (long)one.Length));
        var body = ArrayPool<byte>.Shared.Rent(length);
        Head.CopyTo(body, 0);
        var at = Head.Length;
        for (var index = 0; index < messages.Count; index++)
        {
            if (index > 0)
                body[at++] = (byte)',';
            var room = body.AsMemory(at, messages[index].Length);
            if (messages[index].Bytes is { } bytes)
                bytes.CopyTo(room);
            else
                await MessageSpool.ReadAsync(messages[index], room, cancellation);
            at += room.Length;
        }
        Tail.CopyTo(body, at);
        return new ArraySegment<byte>(body, 0, length);
    }
}
