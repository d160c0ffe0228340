using Sluice.Schemas.Text;

namespace Sluice.Schemas.Model;

/// <summary>What a schema demands of numbers.</summary>
internal sealed class NumberRules
{
    /// <summary>The whole numbers, from one to another, that satisfy everything; none when there is more to look at.</summary>
    public (long From, long To) Easy { get; private set; } = (1, 0);

    public NumberLimit? Minimum { get; init; }

    public NumberLimit? Maximum { get; init; }

    public NumberLimit? ExclusiveMinimum { get; init; }

    public NumberLimit? ExclusiveMaximum { get; init; }

    /// <summary>The divisor, as written and as significand × 10^power; null when there is none.</summary>
    public NumberLimit? MultipleOf { get; init; }

    public ulong DivisorSignificand { get; init; }

    public long DivisorPower { get; init; }

    /// <summary>Works out <see cref="Easy"/>.</summary>
    public NumberRules WithEasyRange()
    {
        bool isEasy = ExclusiveMinimum is null && ExclusiveMaximum is null && MultipleOf is null
            && Minimum is null or { Whole: not null } && Maximum is null or { Whole: not null };
        if (isEasy)
            Easy = (Minimum?.Whole ?? long.MinValue, Maximum?.Whole ?? long.MaxValue);
        return this;
    }
}

/// <summary>A number of a schema: its text, and its value where that is a short integer.</summary>
internal sealed class NumberLimit(byte[] text, long? whole)
{
    public byte[] Text { get; } = text;

    /// <summary>Its value, if it is a short integer.</summary>
    public long? Whole { get; } = whole;

    /// <summary>Less than, equal to or greater than zero as the instance is to this limit.</summary>
    /// <param name="number">The instance as written.</param>
    /// <param name="isShort">Whether <paramref name="value"/> is its value.</param>
    public int Compare(ReadOnlySpan<byte> number, bool isShort, long value) => isShort && Whole is { } limit
        ? value.CompareTo(limit)
        : JsonNumber.Parse(number).CompareTo(JsonNumber.Parse(Text));
}
