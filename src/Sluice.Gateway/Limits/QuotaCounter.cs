using System.Globalization;

namespace Sluice.Gateway.Limits;

/// <summary>What a policy asks of a quota.</summary>
/// <param name="Period">Its windows.</param>
/// <param name="Now">The moment.</param>
/// <param name="Weight">How much the call counts.</param>
/// <param name="Allowed">How much a window allows.</param>
/// <param name="Counts">Whether the call is counted.</param>
/// <param name="Enforces">Whether it is refused when it does not fit.</param>
internal readonly record struct QuotaAsk(QuotaPeriod Period, DateTimeOffset Now, long Weight, long Allowed, bool Counts, bool Enforces);

/// <summary>What a quota says.</summary>
internal readonly record struct QuotaVerdict(bool IsOver, long Used, long ExpiresMs);

/// <summary>The window of one identifier: what it used, and until when that counts.</summary>
/// <remarks>
/// A rolling window keeps the moments of its calls; those closer together than a part of the window are kept as one, with the later moment, so that no
/// window ever lets through more than it allows.
/// </remarks>
internal sealed class QuotaCounter : LimitCounter
{
    private const int PartsInMemory = 1_000;

    // On disk the state is read and written with every call.
    private const int PartsOnDisk = 60;

    private readonly int _parts = PartsInMemory;
    private List<Slot>? _slots;
    private long _used;
    private long _expiresMs;

    public QuotaCounter()
    {
    }

    private QuotaCounter(int parts) => _parts = parts;

    internal long ExpiresMs => _expiresMs;

    protected override bool IsIdle(long nowMs) => _expiresMs <= nowMs;

    /// <summary>Decides about one call, and counts it if it is let through.</summary>
    internal QuotaVerdict Take(QuotaAsk ask)
    {
        var nowMs = ask.Now.ToUnixTimeMilliseconds();
        if (ask.Period.Kind == QuotaKind.RollingWindow)
            Forget(ask.Period.BeginOf(ask.Now));
        else if (_expiresMs <= nowMs)
            (_used, _expiresMs) = (0, ask.Period.EndOf(ask.Now));
        var fits = ask.Weight <= ask.Allowed - _used && (ask.Counts || _used < ask.Allowed);
        var isOver = ask.Enforces && !fits;
        if (ask.Counts && !isOver)
            Add(ask, nowMs);
        return new QuotaVerdict(isOver, _used, ask.Period.Kind == QuotaKind.RollingWindow ? ask.Period.EndOf(ask.Now) : _expiresMs);
    }

    /// <summary>Its state as text, for the database.</summary>
    internal string Write() => string.Create(CultureInfo.InvariantCulture, $"{_used} {_expiresMs}") + string.Concat((_slots ?? []).Select(slot => string.Create(CultureInfo.InvariantCulture, $" {slot.FirstMs} {slot.LastMs} {slot.Weight}")));

    /// <summary>The counter of such a text; a new one where it is empty.</summary>
    internal static QuotaCounter Read(string text)
    {
        var counter = new QuotaCounter(PartsOnDisk);
        if (text.Length == 0)
            return counter;
        long[] numbers = [.. text.Split(' ').Select(part => long.Parse(part, CultureInfo.InvariantCulture))];
        (counter._used, counter._expiresMs) = (numbers[0], numbers[1]);
        for (var at = 2; at + 2 < numbers.Length; at += 3)
            (counter._slots ??= []).Add(new Slot(numbers[at], numbers[at + 1], numbers[at + 2]));
        return counter;
    }

    private void Forget(long beginMs)
    {
        var gone = 0;
        while (_slots is not null && gone < _slots.Count && _slots[gone].LastMs <= beginMs)
            _used -= _slots[gone++].Weight;
        _slots?.RemoveRange(0, gone);
    }

    private void Add(QuotaAsk ask, long nowMs)
    {
        _used += ask.Weight;
        if (ask.Period.Kind != QuotaKind.RollingWindow || ask.Weight == 0)
            return;
        _expiresMs = ask.Period.EndOf(ask.Now);
        _slots ??= [];
        if (_slots.Count > 0 && _slots[^1] is var last && nowMs - last.FirstMs < (_expiresMs - nowMs) / _parts)
            _slots[^1] = new Slot(last.FirstMs, Math.Max(last.LastMs, nowMs), last.Weight + ask.Weight);
        else
            _slots.Add(new Slot(nowMs, nowMs, ask.Weight));
    }

    /// <summary>Calls that are kept as one.</summary>
    private readonly record struct Slot(long FirstMs, long LastMs, long Weight);
}
