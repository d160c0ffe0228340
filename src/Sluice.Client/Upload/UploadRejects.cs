using System.Text;
using System.Text.Json;
using Sluice.Client.Produce;

namespace Sluice.Client.Upload;

/// <summary>The file of an upload's rejects: a JSON object a line, with the place in the source, the reason and the message.</summary>
internal sealed class UploadRejects : IDisposable
{
    private readonly FileStream _file;
    private readonly MemoryStream _line = new();

    private UploadRejects(FileStream file) => _file = file;

    /// <summary>Opens it behind what is decided: rejects of lines that are sent again come again.</summary>
    internal static UploadRejects Open(string path, long? decidedBytes)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 64 * 1024);
        if (decidedBytes is { } bytes && bytes < file.Length)
            file.SetLength(bytes);
        file.Seek(0, SeekOrigin.End);
        return new UploadRejects(file);
    }

    internal long Bytes => _file.Position;

    internal void Write(UploadLine line, ReadOnlyMemory<byte> text, MessageResult verdict)
    {
        _line.SetLength(0);
        using (var json = new Utf8JsonWriter(_line))
        {
            json.WriteStartObject();
            json.WriteNumber("line"u8, line.Number);
            json.WriteNumber("offset"u8, line.Offset);
            json.WriteNumber("status"u8, verdict.Status);
            if (verdict.XactionId is not null)
                json.WriteString("xactionId"u8, verdict.XactionId);
            json.WriteString("reason"u8, verdict.Message);
            if (verdict.Report.ValueKind != JsonValueKind.Undefined)
            {
                json.WritePropertyName("report"u8);
                verdict.Report.WriteTo(json);
            }
            if (line.Skipped > 0)
                json.WriteNumber("bytes"u8, line.Skipped);
            else if (RequestBody.Fault(text.Span, int.MaxValue) is null)
            {
                json.WritePropertyName("message"u8);
                json.WriteRawValue(text.Span, skipInputValidation: true);
            }
            else
                json.WriteString("text"u8, Encoding.UTF8.GetString(text.Span)); // what is not JSON is shown as it came
            json.WriteEndObject();
        }
        _line.WriteByte((byte)'\n');
        _line.WriteTo(_file);
    }

    internal void Flush() => _file.Flush(flushToDisk: true);

    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // A full disk was told already; what is not in the file is not decided either.
        }
        _line.Dispose();
    }
}
