using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Collection.Batches;
using Sluice.Collection.Export;
using Sluice.Collection.FailedMessages;
using Sluice.Journal.Records;
using Sluice.Storage;

namespace Sluice.Collection.Land;

/// <summary>A batch while its window is open: the lines so far, in files that do not exist yet under their names.</summary>
internal sealed class OpenBatch : IDisposable
{
    private readonly Batch _batch;
    private readonly LineWriter _lines;
    private readonly LineWriter? _envelopes;
    private readonly FileStore _lake;
    private readonly ArrayBufferWriter<byte> _header = new();
    private readonly Dictionary<string, long> _errorCounts = new(StringComparer.Ordinal);
    private readonly FailureTally _failures = new();
    private LineWriter? _headers; // from the first message on that counts for profiles

    internal OpenBatch(Batch batch, FileStore lake)
    {
        (_batch, _lake) = (batch, lake);
        (_batch.RecordCount, _batch.HeaderCount, _batch.LastHeaderMs) = (0, 0, -1);
        _lines = new LineWriter(lake.Begin(batch.Path));
        if (batch.IsFailed)
            return;
        try
        {
            _envelopes = new LineWriter(lake.Begin(LakeFile.EnvelopeOf(batch.Path)));
        }
        catch
        {
            _lines.Dispose();
            throw;
        }
    }

    internal long PlainBytes => _lines.PlainBytes + (_envelopes?.PlainBytes ?? 0);

    /// <summary>How many files it writes.</summary>
    internal int Files => 1 + (_envelopes is null ? 0 : 1) + (_headers is null ? 0 : 1);

    /// <summary>Adds a good message: its entity in the data file, what surrounds it in the envelope file, and what profiles need to know of it in the header file.</summary>
    internal void AddGood(LandedMessage message, in MessageRecord record, long offset, long receivedMs)
    {
        if (record.Marks.HasFlag(MessageMarks.Profile))
            AddHeader(record, offset, receivedMs);
        _lines.Write(message.Entity);
        _lines.EndLine();
        _envelopes!.Write(message.BeforeEntity);
        _envelopes.Write([LakeFile.EntityPlace]);
        _envelopes.Write(message.AfterEntity);
        _envelopes.EndLine();
        _batch.RecordCount++;
    }

    /// <summary>Adds a failed message, whole and with its reasons.</summary>
    internal void AddFailed(LandedMessage message, ReadOnlySpan<byte> schemaId, ReadOnlySpan<byte> errors, long receivedMs)
    {
        _lines.Write(message.Text);
        _lines.EndLine();
        _failures.Add(schemaId, errors, (int)_batch.RecordCount, receivedMs);
        _batch.RecordCount++;
        var code = CodeIn(errors);
        _errorCounts[code] = _errorCounts.GetValueOrDefault(code) + 1;
    }

    /// <summary>Puts the files on disk under their names and says what the catalog shall say.</summary>
    internal Batch Complete(long nowMs)
    {
        _batch.PlainBytes = _lines.PlainBytes;
        _envelopes?.Complete();
        CompleteHeaders();
        _batch.FileBytes = _lines.Complete();
        _batch.Status = _batch.Outcome;
        _batch.UpdatedMs = _batch.CompletedMs = nowMs;
        _batch.Failures = [.. _failures.Of(_batch.BatchId)];
        var errors = new JsonArray();
        foreach (var (code, count) in _errorCounts.OrderByDescending(one => one.Value))
            errors.Add((JsonNode)new JsonObject { ["code"] = code, ["description"] = "Messages refused", ["recordCount"] = count });
        _batch.Errors = errors.ToJsonString(JsonFormat.Readable);
        return _batch;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _envelopes?.Dispose();
        _headers?.Dispose();
    }

    private void AddHeader(in MessageRecord record, long offset, long receivedMs)
    {
        _header.ResetWrittenCount();
        if (_headers is null)
        {
            _headers = new LineWriter(_lake.Begin(LandedHeader.FileOf(_batch.Path)));
            LandedHeader.WriteStart(_header);
        }
        LandedHeader.Write(_header, record, (int)_batch.RecordCount, offset, receivedMs);
        _headers.Write(_header.WrittenSpan);
        _batch.HeaderCount++;
        _batch.LastHeaderMs = receivedMs;
    }

    private void CompleteHeaders()
    {
        if (_headers is null)
            return;
        _header.ResetWrittenCount();
        LandedHeader.WriteEnd(_header, (int)_batch.HeaderCount);
        _headers.Write(_header.WrittenSpan);
        _headers.Complete();
    }

    // {"_errors":{"_streamingValidation":[{"code":"…": the door wrote it so, with the code first.
    private static string CodeIn(ReadOnlySpan<byte> errors)
    {
        var marker = "\"code\":\""u8;
        var start = errors.IndexOf(marker);
        if (start < 0)
            return "unknown";
        var rest = errors[(start + marker.Length)..];
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)'"')]);
    }
}
