using Microsoft.Extensions.Logging;

namespace Sluice.Client;

/// <summary>Every knob of a producer, with its range and default; looked at when it is opened.</summary>
public sealed class ProducerOptions
{
    internal const int DefaultRetries = 5;

    /// <summary>The inlet's address, as its <c>inletUrl</c> says: <c>https://host/collection/{inletId}</c>.</summary>
    public required Uri Inlet { get; init; }

    /// <summary>Who is sending; null for an inlet that asks for no token.</summary>
    public ClientCredentials? Credentials { get; init; }

    /// <summary>The largest request: 1 KiB to 64 MiB. Default 1 MiB, the server's limit.</summary>
    public int MaxRequestBytes { get; init; } = 1 << 20;

    /// <summary>The most messages of one request: 1 to 10,000. Default 500.</summary>
    public int MaxRequestMessages { get; init; } = 500;

    /// <summary>Whether requests go as gzip where that makes them smaller: for slow lines; it costs both ends time. Default no.</summary>
    public bool Compress { get; init; }

    /// <summary>How long a message may wait for others to share its request: 0 to 1 minute. Default 20 ms.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Requests under way at once: 1 to 64. Default 4. With 1, messages arrive in the order they were enqueued.</summary>
    public int MaxRequestsInFlight { get; init; } = 4;

    /// <summary>Messages that may be taken and undecided at once: 1 to 10,000,000. Default 100,000.</summary>
    public int MaxBufferedMessages { get; init; } = 100_000;

    /// <summary>Bytes of messages held in memory: at least <see cref="MaxRequestBytes"/>. Default 32 MiB.</summary>
    public long MaxBufferedBytes { get; init; } = 32 << 20;

    /// <summary>Repetitions after the first attempt: 0 and up. Default 5, and without end where there is a <see cref="Spool"/>.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>The first back-off's upper end: 1 ms to 1 minute. Default 200 ms; it doubles with each failure.</summary>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest back-off: <see cref="BackOff"/> to 1 hour. Default 30 s.</summary>
    public TimeSpan MaxBackOff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one request may take: 10 ms to 1 hour. Default 1 minute.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long disposing waits for what was taken to be decided: 0 to 1 day. Default 30 s.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Keeps what was taken on disk until it is decided; null keeps it in memory.</summary>
    public SpoolOptions? Spool { get; init; }

    /// <summary>What requests go through; null for a handler of the producer's own. It is not disposed.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where the client logs; null for nowhere.</summary>
    public ILogger? Logger { get; init; }

    internal int Retries => MaxRetries ?? (Spool is null ? DefaultRetries : int.MaxValue);

    /// <summary>What is wrong with the options, or null.</summary>
    internal string? Fault() =>
        !Inlet.IsAbsoluteUri || Inlet.Scheme is not ("http" or "https") ? $"{nameof(Inlet)} must be an http or https address"
        : Outside(nameof(MaxRequestBytes), MaxRequestBytes, 1 << 10, 64 << 20)
        ?? Outside(nameof(MaxRequestMessages), MaxRequestMessages, 1, 10_000)
        ?? Outside(nameof(MaxRequestsInFlight), MaxRequestsInFlight, 1, 64)
        ?? Outside(nameof(MaxBufferedMessages), MaxBufferedMessages, 1, 10_000_000)
        ?? Outside(nameof(MaxBufferedBytes), MaxBufferedBytes, MaxRequestBytes, long.MaxValue)
        ?? Outside(nameof(MaxRetries), MaxRetries ?? 0, 0, int.MaxValue)
        ?? Outside(nameof(Linger), Linger, TimeSpan.Zero, TimeSpan.FromMinutes(1))
        ?? Outside(nameof(BackOff), BackOff, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1))
        ?? Outside(nameof(MaxBackOff), MaxBackOff, BackOff, TimeSpan.FromHours(1))
        ?? Outside(nameof(RequestTimeout), RequestTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1))
        ?? Outside(nameof(DrainTime), DrainTime, TimeSpan.Zero, TimeSpan.FromDays(1))
        ?? (Spool is null ? null : Outside("Spool.MaxBytes", Spool.MaxBytes, 2L * MaxRequestBytes, long.MaxValue)
            ?? Outside("Spool.MaxRejectedBytes", Spool.MaxRejectedBytes, 1L << 20, long.MaxValue));

    private static string? Outside<T>(string name, T value, T least, T most) where T : IComparable<T> =>
        value.CompareTo(least) < 0 || value.CompareTo(most) > 0 ? $"{name} is {value}; it must be between {least} and {most}" : null;
}
