namespace Sluice.Collection;

/// <summary>How messages are taken in and landed (configuration section <c>Collection</c>).</summary>
public sealed class CollectionOptions
{
    /// <summary>How long landing gathers before it cuts a dataset's batches: 100 ms to 1 day. Default 15 minutes, as the original.</summary>
    public TimeSpan BatchWindow { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>A window is cut early once it holds this many bytes of messages: 1 MiB to 64 GiB. Default 1 GiB.</summary>
    public long MaxBatchBytes { get; set; } = 1L << 30;

    /// <summary>A window is cut early once it has this many files open: 2 to 4,096. Default 512.</summary>
    public int MaxOpenFiles { get; set; } = 512;

    /// <summary>Largest request body after decoding: 1 KiB to 16 MiB. Default 1,048,576 bytes.</summary>
    public int MaxRequestBytes { get; set; } = 1_048_576;

    /// <summary>The middle number of batch ids, different on each node: 0 to 9,999. Default 1000.</summary>
    public int Node { get; set; } = 1000;

    /// <summary>Holds landing still, as for maintenance of the lake: messages are taken until the journal is full. Default false.</summary>
    public bool LandingPaused { get; set; }

    /// <summary>How many ids of messages are remembered at most, per environment: 65,536 to 1,000,000,000, at 32 to 72 bytes of memory each. Default 10,000,000.</summary>
    public long MaxRememberedIds { get; set; } = 10_000_000;

    /// <summary>How many <c>Idempotency-Key</c>s are remembered at most, per environment: 1,000 to 10,000,000. Default 1,000,000.</summary>
    public int MaxIdempotencyKeys { get; set; } = 1_000_000;

    /// <summary>How long the answer to a request with an <c>Idempotency-Key</c> is kept: 1 minute to 30 days. Default 1 day.</summary>
    public TimeSpan IdempotencyWindow { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How many failed messages a second a fix sends again at most, so that live traffic goes first: 1 to 1,000,000, or 0 for no limit. Default 0.</summary>
    public int FixMessagesPerSecond { get; set; }

    /// <summary>How long the counts of the observability API are kept: 2 to 3,650 days. Default 400 days.</summary>
    public TimeSpan MetricRetention { get; set; } = TimeSpan.FromDays(400);

    /// <summary>Whether webhooks may lead to this machine, its link or private networks. Default false.</summary>
    public bool AllowLocalWebhooks { get; set; }

    /// <summary>How long a receiver of notifications may take to answer: 100 ms to 1 minute. Default 10 seconds.</summary>
    public TimeSpan WebhookTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after a failed notification the second attempt comes; each further one after twice the time, up to 6 hours: 1 ms to 1 hour. Default 5 seconds.</summary>
    public TimeSpan WebhookRetryBase { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a notification is attempted before it is dead: 1 to 50. Default 12, which is some three hours.</summary>
    public int WebhookMaxAttempts { get; set; } = 12;

    /// <summary>The scheme and host that <c>inletUrl</c> shows, such as <c>https://dcs.example.com</c>. Default: the address the client used.</summary>
    public string? PublicAddress { get; set; }

    /// <summary>The reason a setting is refused, or null when all are in range.</summary>
    public string? Fault =>
        BatchWindow < TimeSpan.FromMilliseconds(100) || BatchWindow > TimeSpan.FromDays(1)
            ? $"Collection:BatchWindow is {BatchWindow}; it must be between 00:00:00.1 and 1.00:00:00"
        : MaxBatchBytes is < 1 << 20 or > 1L << 36 ? $"Collection:MaxBatchBytes is {MaxBatchBytes}; it must be between 1048576 and 68719476736"
        : MaxOpenFiles is < 2 or > 4_096 ? $"Collection:MaxOpenFiles is {MaxOpenFiles}; it must be between 2 and 4096"
        : MaxRequestBytes is < 1_024 or > 16 << 20 ? $"Collection:MaxRequestBytes is {MaxRequestBytes}; it must be between 1024 and 16777216"
        : MaxRememberedIds is < 65_536 or > 1_000_000_000 ? $"Collection:MaxRememberedIds is {MaxRememberedIds}; it must be between 65536 and 1000000000"
        : MaxIdempotencyKeys is < 1_000 or > 10_000_000 ? $"Collection:MaxIdempotencyKeys is {MaxIdempotencyKeys}; it must be between 1000 and 10000000"
        : IdempotencyWindow < TimeSpan.FromMinutes(1) || IdempotencyWindow > TimeSpan.FromDays(30)
            ? $"Collection:IdempotencyWindow is {IdempotencyWindow}; it must be between 00:01:00 and 30.00:00:00"
        : FixMessagesPerSecond is < 0 or > 1_000_000 ? $"Collection:FixMessagesPerSecond is {FixMessagesPerSecond}; it must be between 0 and 1000000"
        : MetricRetention < TimeSpan.FromDays(2) || MetricRetention > TimeSpan.FromDays(3_650)
            ? $"Collection:MetricRetention is {MetricRetention}; it must be between 2.00:00:00 and 3650.00:00:00"
        : WebhookTimeout < TimeSpan.FromMilliseconds(100) || WebhookTimeout > TimeSpan.FromMinutes(1)
            ? $"Collection:WebhookTimeout is {WebhookTimeout}; it must be between 00:00:00.1 and 00:01:00"
        : WebhookRetryBase < TimeSpan.FromMilliseconds(1) || WebhookRetryBase > TimeSpan.FromHours(1)
            ? $"Collection:WebhookRetryBase is {WebhookRetryBase}; it must be between 00:00:00.001 and 01:00:00"
        : WebhookMaxAttempts is < 1 or > 50 ? $"Collection:WebhookMaxAttempts is {WebhookMaxAttempts}; it must be between 1 and 50"
        : Node is < 0 or > 9_999 ? $"Collection:Node is {Node}; it must be between 0 and 9999"
        : null;
}
