using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Sluice.Journal.Records;

namespace Sluice.Collection.Land;

/// <summary>Turns a journal record into the text that is kept: on one line, the organisation filled in, what the server knows added at the end.</summary>
/// <remarks>Reuses one buffer for every message; the spans are good until the next <see cref="Take"/>.</remarks>
internal sealed class LandedMessage(string orgId)
{
    private readonly byte[] _orgMember = Encoding.UTF8.GetBytes($"\"imsOrgId\":{JsonSerializer.Serialize(orgId, JsonFormat.Readable)}");
    private byte[] _text = new byte[8_192];
    private int _length;
    private int _entityStart;
    private int _entityEnd;

    /// <summary>The whole message.</summary>
    internal ReadOnlySpan<byte> Text => _text.AsSpan(0, _length);

    internal ReadOnlySpan<byte> Entity => _text.AsSpan(_entityStart, _entityEnd - _entityStart);

    internal ReadOnlySpan<byte> BeforeEntity => _text.AsSpan(0, _entityStart);

    internal ReadOnlySpan<byte> AfterEntity => _text.AsSpan(_entityEnd, _length - _entityEnd);

    /// <summary>Builds the text of a record: <c>_dcsMeta</c> at its end, and for a rejected one its errors.</summary>
    internal void Take(in MessageRecord record, long receivedMs)
    {
        _length = _entityStart = _entityEnd = 0;
        if (record.Message is [(byte)'{', ..])
            PutObject(record);
        else
            PutCorrupt(record.Message);

        if (record.Errors is [(byte)'{', .., (byte)'}'] errors)
        {
            Put(","u8);
            Put(errors[1..^1]);
        }
        Put(",\"_dcsMeta\":{\"xactionId\":\""u8);
        Put(record.XactionId);
        Put("\",\"receivedTimeMs\":"u8);
        PutNumber(receivedMs);
        Put(record.Marks.HasFlag(MessageMarks.Authenticated) ? ",\"authenticatedRequest\":true"u8 : ",\"authenticatedRequest\":false"u8);
        if (record.Outcome == MessageOutcome.Rejected)
        {
            Put(",\"inletId\":\""u8);
            Put(record.InletId);
            Put("\",\"schemaVersion\":"u8);
            PutNumber(record.SchemaVersion);
        }
        Put("}}"u8);
    }

    // Leaves the object open, with at least one member in it.
    private void PutObject(in MessageRecord record)
    {
        var message = record.Message;
        var entityEnd = record.EntityStart + record.EntityBytes;
        var orgAt = record.Marks.HasFlag(MessageMarks.OrganisationAdded) ? record.HeaderInside : 0;

        var at = 0;
        if (orgAt > 0 && orgAt <= record.EntityStart)
            at = PutOrganisation(message, at, orgAt);
        if (record.EntityBytes > 0)
        {
            PutOnOneLine(message[at..record.EntityStart]);
            _entityStart = _length;
            PutOnOneLine(message[record.EntityStart..entityEnd]);
            _entityEnd = _length;
            at = entityEnd;
        }
        if (orgAt > at)
            at = PutOrganisation(message, at, orgAt);
        PutOnOneLine(message[at..]);

        _length--; // the closing brace
        while (_text[_length - 1] is (byte)' ' or (byte)'\t')
            _length--;
        if (_text[_length - 1] == '{' && record.EntityBytes == 0)
            Put("\"header\":null"u8); // an empty message: so that what follows can begin with a comma
    }

    private int PutOrganisation(ReadOnlySpan<byte> message, int from, int headerInside)
    {
        PutOnOneLine(message[from..headerInside]);
        Put(_orgMember);
        var isEmptyHeader = message[headerInside..].TrimStart(" \t\r\n"u8) is [(byte)'}', ..];
        if (!isEmptyHeader)
            Put(","u8);
        return headerInside;
    }

    // What is no object is kept as the text it was.
    private void PutCorrupt(ReadOnlySpan<byte> message)
    {
        Put("{\"_corrupt_record\":"u8);
        Put(JsonSerializer.SerializeToUtf8Bytes(Encoding.UTF8.GetString(message), JsonFormat.Readable));
    }

    // A raw line break never stands inside a JSON string, so leaving it out changes nothing but the layout.
    private void PutOnOneLine(ReadOnlySpan<byte> json)
    {
        while (json.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var lineBreak)
        {
            Put(json[..lineBreak]);
            json = json[lineBreak..].TrimStart(" \t\r\n"u8);
        }
        Put(json);
    }

    private void PutNumber(long number)
    {
        Reserve(20);
        Utf8Formatter.TryFormat(number, _text.AsSpan(_length), out var digits);
        _length += digits;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_text.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Reserve(int bytes)
    {
        if (_length + bytes > _text.Length)
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _length + bytes));
    }
}
