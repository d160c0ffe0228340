namespace Sluice.Client;

/// <summary>Where the management paths are, and who calls them.</summary>
public sealed class AdministrationOptions
{
    /// <summary>The server's address, such as <c>https://sluice.example</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>Who is calling.</summary>
    public required ClientCredentials Credentials { get; init; }

    /// <summary>The environment, sent as <c>x-sandbox-name</c>; null for <c>production</c>.</summary>
    public string? Environment { get; init; }

    /// <summary>How long one call may take. Default 2 minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What requests go through; null for a handler of its own. It is not disposed.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where the client logs; null for nowhere.</summary>
    public Microsoft.Extensions.Logging.ILogger? Logger { get; init; }
}
