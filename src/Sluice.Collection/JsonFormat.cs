using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Collection;

/// <summary>How this door writes JSON: compact, and escaped no more than JSON asks, since it never goes into HTML.</summary>
internal static class JsonFormat
{
    /// <summary>Of documents that are read: fifty levels of arrays of objects in a schema take a hundred and fifty.</summary>
    internal const int MaxDepth = 256;

    internal static JsonWriterOptions Compact { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    internal static JsonSerializerOptions Readable { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 4 * MaxDepth, // what is answered may lie deeper than what was read
    };
}
