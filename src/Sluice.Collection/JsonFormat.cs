using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Collection;

/// <summary>How this door writes JSON: compact, and escaped no more than JSON asks, since it never goes into HTML.</summary>
internal static class JsonFormat
{
    internal static JsonWriterOptions Compact { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Deep enough for a document of the greatest depth inside an answer, and for forms of it that lie deeper.</summary>
    internal static JsonSerializerOptions Readable { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 4 * JsonBounds.MaxDepth };
}
