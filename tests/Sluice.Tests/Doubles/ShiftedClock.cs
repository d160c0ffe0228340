namespace Sluice.Tests.Doubles;

/// <summary>The system's clock, shifted: days pass when a test says so, while timers run at the real pace.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private long _offsetTicks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _offsetTicks));

    /// <summary>Whether it shows a time that is over.</summary>
    internal bool IsBehind => Interlocked.Read(ref _offsetTicks) < 0;

    /// <summary>Lets time pass.</summary>
    internal void Shift(TimeSpan by) => Interlocked.Add(ref _offsetTicks, by.Ticks);
}
