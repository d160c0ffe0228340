using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Collection.Routes;

namespace Sluice.Collection.FailedMessages;

/// <summary>Groups the failed messages of one batch while landing writes them: a line number per message, nothing else is kept.</summary>
/// <remarks>Bound: 1,000 groups a batch; what comes beyond them shares one group of its own.</remarks>
internal sealed class FailureTally
{
    private const int MaxGroups = 1_000;
    private const int MaxMessageCharacters = 1_000;

    private readonly Dictionary<byte[], Tally> _tallies = new(Utf8Key.Comparer);
    private readonly ArrayBufferWriter<byte> _key = new();

    private sealed class Tally(FailureGroup group, long firstMs)
    {
        internal FailureGroup Group => group;
        internal long FirstMs => firstMs;
        internal long LastMs { get; set; }
        internal List<int> Lines { get; } = [];
    }

    /// <summary>What the stored errors say of the first fault, as slices of them.</summary>
    private ref struct Fault
    {
        internal ReadOnlySpan<byte> Code;
        internal ReadOnlySpan<byte> Message;
        internal ReadOnlySpan<byte> Keyword;
        internal ReadOnlySpan<byte> Pointer;
        internal ReadOnlySpan<byte> Property;
    }

    /// <summary>Adds a message.</summary>
    /// <param name="schemaId">Its schema's <c>$id</c>, or empty.</param>
    /// <param name="errors">Its stored errors.</param>
    /// <param name="line">Its line in the batch's file, from 0.</param>
    /// <param name="receivedMs">When it was received.</param>
    internal void Add(ReadOnlySpan<byte> schemaId, ReadOnlySpan<byte> errors, int line, long receivedMs)
    {
        var fault = Read(errors);
        _key.ResetWrittenCount();
        PutPart(schemaId);
        PutPart(fault.Keyword);
        PutFolded(fault.Pointer);
        PutPart(fault.Property);
        var tally = Find(_key.WrittenSpan, schemaId, fault, receivedMs);
        tally.Lines.Add(line);
        tally.LastMs = receivedMs; // never less than the one before
    }

    /// <summary>The groups, and the lines of each, for the batch's commit.</summary>
    internal IEnumerable<(FailureGroup Group, FailureLines Lines)> Of(string batchId) => _tallies.Values.Select(tally => (tally.Group, new FailureLines
    {
        BatchId = batchId,
        Fingerprint = tally.Group.Fingerprint,
        TotalCount = tally.Lines.Count,
        OpenCount = tally.Lines.Count,
        FirstMs = tally.FirstMs,
        LastMs = tally.LastMs,
        OpenLines = LineList.Write(tally.Lines),
    }));

    private Tally Find(ReadOnlySpan<byte> key, ReadOnlySpan<byte> schemaId, in Fault fault, long receivedMs)
    {
        var lookup = _tallies.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(key, out var tally))
            return tally;
        if (_tallies.Count >= MaxGroups)
        {
            key = "other"u8;
            if (lookup.TryGetValue(key, out tally))
                return tally;
            schemaId = default;
        }

        var isOther = schemaId.IsEmpty && key.SequenceEqual("other"u8);
        tally = new Tally(new FailureGroup
        {
            Fingerprint = Convert.ToHexStringLower(SHA256.HashData(key).AsSpan(0, 16)),
            SchemaId = Encoding.UTF8.GetString(schemaId),
            Code = isOther ? "" : Encoding.UTF8.GetString(fault.Code),
            Keyword = isOther ? "other" : Encoding.UTF8.GetString(fault.Keyword),
            Pointer = isOther ? "" : Folded(fault.Pointer),
            Property = isOther ? "" : Text(fault.Property),
            Message = isOther ? $"More than {MaxGroups} kinds of failure in one batch" : Text(fault.Message),
        }, receivedMs);
        lookup[key] = tally;
        return tally;
    }

    private static string Text(ReadOnlySpan<byte> json)
    {
        var text = Receive.JsonText.ToText(json);
        return text.Length <= MaxMessageCharacters ? text : text[..MaxMessageCharacters];
    }

    // {"_errors":{"_streamingValidation":[{"code":…,"message":…,"keyword":…,"pointerToViolation":…: the first object holds what is wanted.
    private static Fault Read(ReadOnlySpan<byte> errors)
    {
        var fault = new Fault();
        var reader = new Utf8JsonReader(errors);
        while (reader.Read() && reader.TokenType != JsonTokenType.StartArray)
        {
        }
        while (reader.Read() && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.PropertyName)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
                continue;
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("code"u8))
                fault.Code = reader.ValueSpan;
            else if (name.SequenceEqual("message"u8))
                fault.Message = reader.ValueSpan;
            else if (name.SequenceEqual("keyword"u8))
                fault.Keyword = reader.ValueSpan;
            else if (name.SequenceEqual("pointerToViolation"u8))
                fault.Pointer = reader.ValueSpan;
            else if (name.SequenceEqual("property"u8))
                fault.Property = reader.ValueSpan;
        }
        if (fault.Keyword.IsEmpty)
            fault.Keyword = fault.Code;
        return fault;
    }

    private void PutPart(ReadOnlySpan<byte> part)
    {
        _key.Write(part);
        _key.Write("\0"u8); // stands in no JSON string as itself, so no two keys meet
    }

    private void PutFolded(ReadOnlySpan<byte> pointer)
    {
        foreach (var range in pointer.Split((byte)'/'))
        {
            var segment = pointer[range];
            _key.Write(IsIndex(segment) ? "*"u8 : segment);
            _key.Write("/"u8);
        }
        _key.Write("\0"u8);
    }

    private static string Folded(ReadOnlySpan<byte> pointer)
    {
        var text = new StringBuilder();
        foreach (var range in pointer.Split((byte)'/'))
            text.Append(text.Length > 0 ? "/" : "").Append(IsIndex(pointer[range]) ? "*" : Text(pointer[range]));
        return text.ToString();
    }

    private static bool IsIndex(ReadOnlySpan<byte> segment) => segment.Length > 0 && segment.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
}
