using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Sluice.Audience;

/// <summary>
/// The body of an answer on its way out with its strings HTML-escaped, for clients that undo it as they must with the original's answers
/// (<see cref="AudienceOptions.HtmlEscape"/>, contract audience.md 2.2, rule 9).
/// </summary>
/// <remarks>
/// What is written is JSON, in which the five characters stand inside strings only: so bytes are looked at one by one, whatever the answer is, and
/// nothing is held back but a backslash whose next byte is not there yet.
/// </remarks>
internal sealed class HtmlEscapedBody(Stream plain) : Stream
{
    internal const string OffHeader = "AAM-Disable-Escaping-HTML";

    private bool _isAfterBackslash;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Escapes the answer of this request, unless it asks for plain text or for a configuration, which is written for this program alone.</summary>
    internal static void PutOn(HttpContext http)
    {
        if (bool.TryParse(http.Request.Headers[OffHeader].ToString(), out var isOff) && isOff
            || http.Request.Path.Value!.TrimEnd('/').EndsWith("/configuration", StringComparison.Ordinal))
            return;
        http.Response.OnStarting(() =>
        {
            http.Response.ContentLength = null; // what was counted is shorter
            return Task.CompletedTask;
        });
        http.Response.Body = new HtmlEscapedBody(http.Response.Body);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var escaped = new ArrayBufferWriter<byte>(buffer.Length + 64);
        Escape(buffer.Span, escaped);
        await plain.WriteAsync(escaped.WrittenMemory, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => plain.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Escape(ReadOnlySpan<byte> json, ArrayBufferWriter<byte> escaped)
    {
        foreach (var letter in json)
        {
            if (_isAfterBackslash)
            {
                _isAfterBackslash = false;
                escaped.Write(letter == '"' ? "&quot;"u8 : [(byte)'\\', letter]);
                continue;
            }
            switch (letter)
            {
                case (byte)'\\': _isAfterBackslash = true; break;
                case (byte)'<': escaped.Write("&lt;"u8); break;
                case (byte)'>': escaped.Write("&gt;"u8); break;
                case (byte)'&': escaped.Write("&amp;"u8); break;
                case (byte)'\'': escaped.Write("&#39;"u8); break;
                default: escaped.Write([letter]); break;
            }
        }
    }
}
