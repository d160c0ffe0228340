using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Sluice.Client;

/// <summary>How long to wait before sending again: exponential, with full jitter, and never less than the server asked for.</summary>
internal sealed class RetryDelay(TimeSpan first, TimeSpan most, TimeProvider clock)
{
    private static readonly TimeSpan MaxAsked = TimeSpan.FromMinutes(10); // a date far away must not put the producer to sleep for good

    /// <summary>The wait after so many failures (from 1).</summary>
    internal TimeSpan After(int failures, TimeSpan? asked)
    {
        var ceiling = first.Ticks * Math.Pow(2, Math.Min(failures - 1, 40));
        var jitter = ceiling < most.Ticks ? Jitter((long)ceiling) : Jitter(most.Ticks);
        // Many senders are asked for the same time; what is added keeps them from coming all at once.
        return asked is { } wait ? (wait < MaxAsked ? wait : MaxAsked) + Jitter(first.Ticks) : jitter;
    }

    internal Task WaitAsync(int failures, TimeSpan? asked, CancellationToken cancellation) =>
        Task.Delay(After(failures, asked), clock, cancellation);

    /// <summary>What <c>Retry-After</c> asks for, in seconds or as a date.</summary>
    internal TimeSpan? Asked(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date is { } date ? date - clock.GetUtcNow() : null);
        return wait is { } asked && asked < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>Statuses after which the same request may succeed.</summary>
    internal static bool IsWorthwhile(int status) => status is 408 or 429 or 500 or 502 or 503 or 504;

    private static TimeSpan Jitter(long ticks)
    {
        var ms = (int)Math.Min(ticks / TimeSpan.TicksPerMillisecond, int.MaxValue - 1);
        return TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(ms + 1));
    }
}
