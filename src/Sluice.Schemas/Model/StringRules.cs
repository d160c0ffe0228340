using Sluice.Schemas.Formats;
using Sluice.Schemas.Patterns;

namespace Sluice.Schemas.Model;

/// <summary>What a schema demands of strings. Lengths are in Unicode code points.</summary>
internal sealed class StringRules
{
    public int MinLength { get; init; }

    public int MaxLength { get; init; } = int.MaxValue;

    public PatternMatcher? Pattern { get; init; }

    public StringFormat? Format { get; init; }
}
