using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Sluice.Client.Upload;

/// <summary>Cuts a source into batches of lines, always in the same places.</summary>
/// <remarks>
/// A batch ends before the line that would make it too large or too many; nothing else counts, but that a source that is not gone on with may be cut when
/// nothing more comes for a moment. Memory: one buffer a batch, given back when it is decided. A line beyond the bound is read over, not kept.
/// </remarks>
internal sealed class UploadReader(Stream source, UploadState state, int envelopeBytes, TimeSpan? linger, TimeProvider clock)
{
    private const int PieceBytes = 128 * 1024;
    private const int MaxTailBytes = 4096;

    private readonly byte[] _piece = new byte[PieceBytes];
    private readonly ConcurrentBag<byte[]> _free = [];
    private Task<int>? _reading;
    private byte[] _rest = []; // read, and of the next batch
    private int _restBytes;
    private long _offset = state.Position;
    private long _line = state.Line;
    private long _read = state.Position;
    private bool _isEnded;

    /// <summary>Where to stop reading; null reads on to the end.</summary>
    internal long? End { get; set; } = state.End;

    /// <summary>Goes to where the state says, and looks whether it is the same source.</summary>
    /// <exception cref="UploadException">It is another.</exception>
    internal async Task SkipDecidedAsync(CancellationToken cancellation)
    {
        var tail = new byte[state.TailBytes];
        if (source.CanSeek)
        {
            if (source.Length < state.Position)
                throw Another($"it has {source.Length} bytes, and {state.Position} were sent");
            source.Position = state.Position - state.TailBytes;
            await source.ReadExactlyAsync(tail, cancellation);
        }
        else
        {
            for (var left = state.Position - state.TailBytes; left > 0;)
            {
                var read = await source.ReadAsync(_piece.AsMemory(0, (int)Math.Min(left, _piece.Length)), cancellation);
                left -= read > 0 ? read : throw Another($"it ends before byte {state.Position}, up to which it was sent");
            }
            if (await source.ReadAtLeastAsync(tail, tail.Length, throwOnEndOfStream: false, cancellation) < tail.Length)
                throw Another($"it ends before byte {state.Position}, up to which it was sent");
        }
        if (state.TailHash is { } hash && hash != Hash(tail))
            throw Another($"other bytes stand before byte {state.Position} than were sent");
    }

    /// <summary>Reads on where the end was.</summary>
    internal void ReadOn(long end)
    {
        End = end;
        _isEnded = false;
    }

    internal void GiveBack(UploadBatch batch) => _free.Add(batch.Buffer);

    /// <summary>The next batch; null at the end.</summary>
    internal async Task<UploadBatch?> CutAsync(CancellationToken cancellation)
    {
        var buffer = _free.TryTake(out var free) ? free : new byte[state.MaxRequestBytes + (2 * PieceBytes)];
        var batch = new UploadBatch(_offset, buffer);
        _rest.AsSpan(0, _restBytes).CopyTo(buffer);
        var (filled, lineAt, searched, messageBytes) = (_restBytes, 0, 0, 0L);
        _restBytes = 0;
        while (true)
        {
            var end = buffer.AsSpan(searched, filled - searched).IndexOf((byte)'\n');
            if (end < 0)
            {
                searched = filled;
                // Whatever this line will be, it is too much for the batch; and alone, it is too much for any.
                if (filled - lineAt + envelopeBytes > state.MaxRequestBytes || filled > state.MaxRequestBytes || messageBytes + filled - lineAt > state.MaxRequestBytes)
                {
                    if (lineAt == 0)
                        await SkipLineAsync(batch, filled, cancellation);
                    return Close(batch, lineAt, lineAt == 0 ? 0 : filled);
                }
                if (await ReadAsync(batch, buffer, filled, cancellation) is not { } more)
                    return Close(batch, lineAt, filled);
                filled += more;
                if (more > 0)
                    continue;
                if (lineAt == filled)
                    return batch.Lines.Count > 0 || lineAt > 0 ? Close(batch, lineAt, filled) : null;
                end = filled - searched; // the last line need not end with a line break
                if (!Take(batch, ref lineAt, searched + end, searched + end, ref messageBytes))
                    return Close(batch, lineAt, filled);
                return Close(batch, filled, filled);
            }
            if (!Take(batch, ref lineAt, searched + end, searched + end + 1, ref messageBytes))
                return Close(batch, lineAt, filled);
            searched = lineAt;
        }
    }

    // False when the line belongs to the next batch.
    private bool Take(UploadBatch batch, ref int lineAt, int end, int next, ref long messageBytes)
    {
        var line = batch.Buffer.AsSpan(lineAt, end - lineAt).TrimEnd((byte)'\r');
        var isBlank = !line.ContainsAnyExcept(" \t"u8);
        var bytes = end - lineAt + envelopeBytes + 1;
        if (lineAt > 0 && (batch.Lines.Count == state.MaxRequestMessages || messageBytes + bytes > state.MaxRequestBytes - BodyBytes || next > state.MaxRequestBytes))
            return false;
        _line++;
        if (!isBlank)
        {
            batch.Lines.Add(new UploadLine(_line, batch.Offset + lineAt, lineAt, line.Length, 0));
            messageBytes += bytes;
        }
        lineAt = next;
        return true;
    }

    private async Task SkipLineAsync(UploadBatch batch, int filled, CancellationToken cancellation)
    {
        long skipped = filled;
        while (true)
        {
            var read = await ReadPieceAsync(cancellation).WaitAsync(cancellation);
            var end = _piece.AsSpan(0, read).IndexOf((byte)'\n');
            skipped += end < 0 ? read : end;
            if (read > 0 && end < 0)
            {
                _reading = null;
                continue;
            }
            _line++;
            batch.Lines.Add(new UploadLine(_line, batch.Offset, 0, 0, skipped));
            _offset = batch.Offset + skipped + (read > 0 ? 1 : 0);
            Keep(read > 0 ? _piece.AsSpan((end + 1)..read) : []);
            _reading = null;
            return;
        }
    }

    private UploadBatch Close(UploadBatch batch, int lineAt, int filled)
    {
        if (lineAt > 0)
        {
            _offset = batch.Offset + lineAt;
            Keep(batch.Buffer.AsSpan(lineAt, filled - lineAt));
            batch.TailBytes = Math.Min(lineAt, MaxTailBytes);
            batch.TailHash = Hash(batch.Buffer.AsSpan(lineAt - batch.TailBytes, batch.TailBytes));
        }
        batch.NextOffset = _offset;
        batch.LinesBefore = _line;
        return batch;
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        if (_rest.Length < rest.Length)
            _rest = new byte[Math.Max(rest.Length, PieceBytes)];
        rest.CopyTo(_rest);
        _restBytes = rest.Length;
    }

    // How many bytes came, 0 at the end; null when there is a batch and nothing comes for a moment.
    private async ValueTask<int?> ReadAsync(UploadBatch batch, byte[] buffer, int filled, CancellationToken cancellation)
    {
        var reading = ReadPieceAsync(cancellation);
        if (linger is { } wait && batch.Lines.Count > 0 && !reading.IsCompleted
            && await Task.WhenAny(reading, Task.Delay(wait, clock, cancellation)) != reading)
            return null;
        var read = await reading.WaitAsync(cancellation); // a console does not let go of a read
        _piece.AsSpan(0, read).CopyTo(buffer.AsSpan(filled));
        _reading = null;
        return read;
    }

    private Task<int> ReadPieceAsync(CancellationToken cancellation) => _reading ??= NextPieceAsync(cancellation);

    private async Task<int> NextPieceAsync(CancellationToken cancellation)
    {
        var most = End is { } end ? (int)Math.Min(_piece.Length, end - _read) : _piece.Length;
        if (_isEnded || most <= 0)
            return 0;
        var read = await source.ReadAsync(_piece.AsMemory(0, most), cancellation);
        _isEnded = read == 0;
        _read += read;
        return read;
    }

    private const int BodyBytes = 16; // of the request around its messages

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static UploadException Another(string why) => new($"This is not what the state was written for: {why}");
}
