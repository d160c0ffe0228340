using Sluice.Profiles.State;

namespace Sluice.Profiles.Rulebook;

/// <summary>How long a trait's realizations last, now and before: a life that ended under an earlier setting stays ended, whatever is set later.</summary>
/// <param name="Spans">Oldest first; each begins on a UTC day, at most two on the same. The first has always been.</param>
internal sealed record TraitLife(IReadOnlyList<TraitLife.Span> Spans)
{
    internal static TraitLife Of(int ttlDays) => new([new Span(int.MinValue, ttlDays)]);

    /// <summary>What was set last.</summary>
    internal int TtlDays => Spans[^1].TtlDays;

    /// <summary>The life as it is set on a day. Of what was set earlier on that day only the shortest matters: whom it ended at once stays ended.</summary>
    internal TraitLife From(int day, int ttlDays) =>
        ttlDays == TtlDays ? this : new([
            .. Spans.Where(span => span.FromDay < day),
            .. Spans.Where(span => span.FromDay == day).OrderBy(span => UtcDay.EndOf(0, span.TtlDays)).Take(1),
            new Span(day, ttlDays)]);

    /// <summary>The day at whose beginning a realization no longer counts; <see cref="int.MaxValue"/> for never.</summary>
    /// <param name="lastDay">The newest realization's.</param>
    internal int EndOf(int lastDay)
    {
        for (var at = 0; at < Spans.Count - 1; at++)
        {
            var until = Spans[at + 1].FromDay;
            if (until <= lastDay)
                continue;
            if (EndIn(Spans[at], lastDay) is var end && end <= until)
                return end;
        }
        return EndIn(Spans[^1], lastDay);
    }

    // What a shorter life ends at once ends on the day from which it counts.
    private static int EndIn(Span span, int lastDay) => Math.Max(UtcDay.EndOf(lastDay, span.TtlDays), span.FromDay > lastDay ? span.FromDay : int.MinValue);

    /// <summary>A setting and the day from which it counts.</summary>
    internal readonly record struct Span(int FromDay, int TtlDays);
}
