using System.Text;
using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Caches;

/// <summary>The bytes of a stored entry before they are sealed: docs/formats/cache-entries.md, version 1.</summary>
internal static class CacheEntryFormat
{
    private const byte Version = 1;
    private const int MaxHeaders = 1_000;

    [Flags]
    private enum Marks : byte
    {
        None = 0,
        ErrorResponse = 1,
        Text = 2,
        Reason = 4,
    }

    internal static byte[] Write(CachedResponse entry)
    {
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Version);
        writer.Write((byte)((entry.IsErrorResponse ? Marks.ErrorResponse : 0) | (entry.Text is null ? 0 : Marks.Text) | (entry.Reason is null ? 0 : Marks.Reason)));
        writer.Write((short)entry.Status);
        writer.Write(entry.StoredMs);
        writer.Write(entry.ExpiresMs);
        writer.Write(entry.KeptUntilMs);
        if (entry.Reason is not null)
            writer.Write(entry.Reason);
        writer.Write((short)entry.Headers.Length);
        foreach (var (name, value) in entry.Headers)
        {
            writer.Write(name);
            writer.Write(value);
        }
        if (entry.Text is not null)
            writer.Write(entry.Text);
        writer.Write(entry.Body.Length);
        writer.Write(entry.Body);
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>The entry; null for bytes that are none, or of a version that is not known.</summary>
    internal static CachedResponse? Read(byte[] bytes)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
            if (reader.ReadByte() != Version)
                return null;
            var marks = (Marks)reader.ReadByte();
            var (status, stored, expires, keptUntil) = (reader.ReadInt16(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
            var reason = marks.HasFlag(Marks.Reason) ? reader.ReadString() : null;
            var count = reader.ReadInt16();
            if (count is < 0 or > MaxHeaders)
                return null;
            var headers = new HeaderField[count];
            for (var index = 0; index < count; index++)
                headers[index] = new HeaderField(reader.ReadString(), reader.ReadString());
            var text = marks.HasFlag(Marks.Text) ? reader.ReadString() : null;
            var length = reader.ReadInt32();
            var body = length < 0 || length > bytes.Length ? null : reader.ReadBytes(length);
            return body is null || body.Length != length ? null : new CachedResponse
            {
                Status = status,
                Reason = reason,
                Headers = headers,
                Body = body,
                StoredMs = stored,
                ExpiresMs = expires,
                KeptUntilMs = keptUntil,
                IsErrorResponse = marks.HasFlag(Marks.ErrorResponse),
                Text = text,
            };
        }
        catch (Exception fault) when (fault is EndOfStreamException or FormatException or ArgumentException or DecoderFallbackException)
        {
            return null;
        }
    }
}
