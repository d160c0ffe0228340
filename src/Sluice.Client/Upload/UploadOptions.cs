using Microsoft.Extensions.Logging;

namespace Sluice.Client;

/// <summary>What a file of messages is sent with, and where is kept how far it is; looked at when the upload is opened.</summary>
public sealed class UploadOptions
{
    /// <summary>The inlet's address, as its <c>inletUrl</c> says.</summary>
    public required Uri Inlet { get; init; }

    /// <summary>One JSON object a line. It is read from where it stands, once, and not closed.</summary>
    public required Stream Source { get; init; }

    /// <summary>Who is sending; null for an inlet that asks for no token.</summary>
    public ClientCredentials? Credentials { get; init; }

    /// <summary>What each line is the entity of; null where lines are whole messages.</summary>
    public SluiceMessage? Envelope { get; init; }

    /// <summary>Keeps how far the upload is, so that another one can go on; null for one that cannot be gone on with.</summary>
    public string? StateFile { get; init; }

    /// <summary>Forgets what the state file says, and sends everything again.</summary>
    public bool StartsAnew { get; init; }

    /// <summary>Gets a line for each message that was not accepted; null keeps none.</summary>
    public string? RejectsFile { get; init; }

    /// <summary>Stops when more than so many were not accepted. Default: never.</summary>
    public long MaxRejects { get; init; } = long.MaxValue;

    /// <summary>The largest request: 1 KiB to 64 MiB. Default 1 MiB, the server's limit.</summary>
    public int MaxRequestBytes { get; init; } = 1 << 20;

    /// <summary>The most messages of one request: 1 to 10,000. Default 500.</summary>
    public int MaxRequestMessages { get; init; } = 500;

    /// <summary>Requests under way at once: 1 to 64. Default 4. With 1, messages arrive in the order of their lines.</summary>
    public int MaxRequestsInFlight { get; init; } = 4;

    /// <summary>Whether requests go as gzip where that makes them smaller.</summary>
    public bool Compress { get; init; }

    /// <summary>How long the server may be away before the upload stops: 0 to 7 days. Default 5 minutes.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one request may take: 10 ms to 1 hour. Default 1 minute.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What requests go through; null for a handler of the upload's own. It is not disposed.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where the client logs; null for nowhere.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>The same as a producer's, which checks the ranges.</summary>
    internal ProducerOptions ToProducerOptions() => new()
    {
        Inlet = Inlet,
        Credentials = Credentials,
        MaxRequestBytes = MaxRequestBytes,
        MaxRequestMessages = MaxRequestMessages,
        MaxRequestsInFlight = MaxRequestsInFlight,
        MaxBufferedBytes = long.MaxValue,
        MaxRetries = int.MaxValue,
        MaxBackOff = TimeSpan.FromSeconds(2),
        RequestTimeout = RequestTimeout,
        Compress = Compress,
        Handler = Handler,
        Clock = Clock,
        Logger = Logger,
    };
}
