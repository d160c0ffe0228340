using System.Buffers.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sluice.Client.Produce;

namespace Sluice.Client.Spool;

/// <summary><c>rejected.ndjson</c>: messages that left the spool without being accepted, each with the reason, one JSON object a line.</summary>
/// <remarks>A line is on disk before its message leaves the spool. A process that dies in between finds the line again and does not write it twice.
/// Beyond its bound the file is put aside, and the one put aside before is deleted: the newest are kept, in at most twice the bound and one request.</remarks>
internal sealed class RejectedMessages : IDisposable
{
    internal const string FileName = "rejected.ndjson";
    internal const string OldFileName = "rejected.old.ndjson";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly HashSet<long> _known;
    private readonly long _maxBytes;
    private readonly ILogger _logger;

    private RejectedMessages(string path, long maxBytes, TimeProvider clock, ILogger logger, HashSet<long> known)
    {
        _path = path;
        _maxBytes = maxBytes;
        _logger = logger;
        _clock = clock;
        _known = known;
    }

    internal static RejectedMessages Open(string folder, long decidedBelow, long maxBytes, TimeProvider clock, ILogger logger)
    {
        var path = Path.Combine(folder, FileName);
        HashSet<long> known = [];
        foreach (var file in new[] { Path.Combine(folder, OldFileName), path })
        {
            if (File.Exists(file))
                CutTail(file, decidedBelow, known);
        }
        return new RejectedMessages(path, maxBytes, clock, logger, known);
    }

    internal async Task WriteAsync(IReadOnlyList<Pending> messages)
    {
        await _turn.WaitAsync();
        try
        {
            using var lines = new MemoryStream();
            foreach (var message in messages.Where(message => _known.Add(message.Number)))
            {
                var bytes = new byte[message.Length];
                await MessageSpool.ReadAsync(message, bytes, CancellationToken.None); // a line half told would be worse than a late stop
                WriteLine(lines, message, bytes);
            }
            if (lines.Length == 0)
                return;
            PutAside(lines.Length);
            await using var file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read);
            lines.Position = 0;
            await lines.CopyToAsync(file);
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            foreach (var message in messages)
                _known.Remove(message.Number);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private void PutAside(long more)
    {
        if (!File.Exists(_path) || new FileInfo(_path).Length is var length && (length == 0 || length + more <= _maxBytes))
            return;
        var old = Path.Combine(Path.GetDirectoryName(_path)!, OldFileName);
        File.Move(_path, old, overwrite: true);
        _logger.RejectionsPutAside(_path, old);
    }

    private void WriteLine(MemoryStream to, Pending message, byte[] bytes)
    {
        // Within JSON, ends of lines stand between values only.
        bytes.AsSpan().Replace((byte)'\n', (byte)' ');
        bytes.AsSpan().Replace((byte)'\r', (byte)' ');
        var verdict = message.Verdict!;
        using (var json = new Utf8JsonWriter(to))
        {
            json.WriteStartObject();
            json.WriteNumber("number"u8, message.Number);
            json.WriteString("time"u8, _clock.GetUtcNow());
            json.WriteString("outcome"u8, verdict.Outcome == MessageOutcome.Refused ? "refused"u8 : "undelivered"u8);
            json.WriteNumber("status"u8, verdict.Status);
            if (verdict.XactionId is not null)
                json.WriteString("xactionId"u8, verdict.XactionId);
            json.WriteString("reason"u8, verdict.Message);
            if (verdict.Report.ValueKind != JsonValueKind.Undefined)
            {
                json.WritePropertyName("report"u8);
                verdict.Report.WriteTo(json);
            }
            json.WritePropertyName("message"u8);
            json.WriteRawValue(bytes, skipInputValidation: true);
            json.WriteEndObject();
        }
        to.WriteByte((byte)'\n');
    }

    // Half a line at the end is of a process that died; its message is still in the spool.
    private static void CutTail(string path, long decidedBelow, HashSet<long> known)
    {
        long whole = 0;
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, 1 << 20);
        Span<byte> start = stackalloc byte[40]; // the number stands first
        var length = 0;
        for (var one = file.ReadByte(); one >= 0; one = file.ReadByte())
        {
            if (one != '\n')
            {
                if (length < start.Length)
                    start[length++] = (byte)one;
                continue;
            }
            whole = file.Position;
            if (NumberOf(start[..length]) is { } number && number >= decidedBelow)
                known.Add(number);
            length = 0;
        }
        file.SetLength(whole);
    }

    private static long? NumberOf(ReadOnlySpan<byte> line) =>
        line.StartsWith(NumberMember) && Utf8Parser.TryParse(line[NumberMember.Length..], out long number, out _) ? number : null;

    private static ReadOnlySpan<byte> NumberMember => "{\"number\":"u8;
}
