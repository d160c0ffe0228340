using System.Text;
using Sluice.Schemas;

namespace Sluice.Collection.Receive;

/// <summary>Why a request body is no envelope at all.</summary>
internal enum EnvelopeFaultKind
{
    None,
    Malformed,
    InvalidUtf8,
    NotAnObject,
    MessagesNotAnArray,
    MessagesRepeated,
    NoMessages,
    NotAMultiMessageBody,
}

/// <summary>The fault, and the byte of the body where it shows.</summary>
internal readonly record struct EnvelopeFault(EnvelopeFaultKind Kind, int Position, JsonScanError Scan)
{
    /// <summary>Says what is wrong and where, for the client's developer.</summary>
    internal string Describe(ReadOnlySpan<byte> body) => Kind switch
    {
        EnvelopeFaultKind.Malformed => $"The request body is not valid JSON: {Reason(body)} at {Place(body)}",
        EnvelopeFaultKind.InvalidUtf8 => $"The request body is not valid UTF-8 at {Place(body)}",
        EnvelopeFaultKind.NotAnObject => "The request body must be a JSON object",
        EnvelopeFaultKind.MessagesNotAnArray => $"'messages' must be an array, at {Place(body)}",
        EnvelopeFaultKind.MessagesRepeated => $"'messages' stands twice, at {Place(body)}",
        EnvelopeFaultKind.NoMessages => "'messages' holds no message",
        EnvelopeFaultKind.NotAMultiMessageBody => "This path takes {\"messages\":[...]}; send a single message to /collection/{CONNECTION_ID}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private string Reason(ReadOnlySpan<byte> body) => Scan switch
    {
        JsonScanError.UnexpectedEnd => "it ends too early",
        JsonScanError.InvalidNumber => "a number is malformed",
        JsonScanError.InvalidEscape => "a string has an unknown escape",
        JsonScanError.ControlCharacter => "a string has an unescaped control character",
        JsonScanError.TooDeep => "it is nested too deep",
        _ => Position < body.Length && body[Position] is > 0x20 and < 0x7F ? $"unexpected '{(char)body[Position]}'" : "unexpected byte",
    };

    private string Place(ReadOnlySpan<byte> body)
    {
        var before = body[..Math.Min(Position, body.Length)];
        var line = before.Count((byte)'\n') + 1;
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return $"line {line}, column {Encoding.UTF8.GetCharCount(before[lineStart..]) + 1}";
    }
}
