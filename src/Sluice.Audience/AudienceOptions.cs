using Sluice.Profiles.Engine;

namespace Sluice.Audience;

/// <summary>The Audience door's settings (configuration section <c>Audience</c>).</summary>
public sealed class AudienceOptions
{
    /// <summary>How many objects of each kind an environment may hold, and how large they may be.</summary>
    public AudienceLimits Limits { get; set; } = new();

    /// <summary>Whether strings in answers are HTML-escaped as the original does by default (contract audience.md 2.2, rule 9). Default false.</summary>
    public bool HtmlEscape { get; set; }

    /// <summary>The host names of event calls by environment. When there are any, calls of other hosts get code 1; else the environment is found as that of other calls.</summary>
    public Dictionary<string, string[]> EventHosts { get; set; } = [];

    /// <summary>The hosts of pages whose scripts may send event calls, each with those below it when it begins with a dot; empty for all.</summary>
    public IReadOnlyList<string> EventPages { get; set; } = [];

    /// <summary>Where an id sync may redirect to, in the same form; empty for everywhere.</summary>
    public IReadOnlyList<string> SyncHosts { get; set; } = [];

    /// <summary>Whether event calls may ask for their traits and segments with <c>d_cts</c>. Default true.</summary>
    public bool AnswerTraits { get; set; } = true;

    /// <summary>How often a second an id may be seen before it is ignored from then on; 0 for no limit. Default 100.</summary>
    public int DenyRate { get; set; } = 100;

    /// <summary>The region that event calls are told they were served in. Default 7.</summary>
    public byte Region { get; set; } = 7;

    /// <summary>How long an event call waits until its record is applied; then it is answered with code 10. 10 ms to 30 s. Default 1 s.</summary>
    public TimeSpan EventWait { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often profiles are written to the database; a crash applies at most so much of the journal again. 10 ms to 1 min. Default 100 ms.</summary>
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long changes of memberships are kept for destinations, webhooks and readers; what is not delivered by then is given up. 1 min to 90 days. Default 7 days.</summary>
    public TimeSpan DeliveryRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The pause after the first failure of a destination or webhook; it doubles with each, up to 5 min. 10 ms to 1 h. Default 1 s.</summary>
    public TimeSpan DeliveryRetryBase { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether deliveries may go to this machine, also by http. Default false.</summary>
    public bool AllowLoopbackTargets { get; set; }

    /// <summary>How the engine behind this door works.</summary>
    public ProfileOptions Profiles { get; set; } = new();

    /// <summary>The reason a setting is refused, or null when all are in range.</summary>
    public string? Fault =>
        EventWait < TimeSpan.FromMilliseconds(10) || EventWait > TimeSpan.FromSeconds(30) ? $"Audience:EventWait is {EventWait}; it must be between 10 ms and 30 s"
        : CommitInterval < TimeSpan.FromMilliseconds(10) || CommitInterval > TimeSpan.FromMinutes(1) ? $"Audience:CommitInterval is {CommitInterval}; it must be between 10 ms and 1 min"
        : DeliveryRetention < TimeSpan.FromMinutes(1) || DeliveryRetention > TimeSpan.FromDays(90) ? $"Audience:DeliveryRetention is {DeliveryRetention}; it must be between 1 min and 90 days"
        : DeliveryRetryBase < TimeSpan.FromMilliseconds(10) || DeliveryRetryBase > TimeSpan.FromHours(1) ? $"Audience:DeliveryRetryBase is {DeliveryRetryBase}; it must be between 10 ms and 1 h"
        : Profiles.Fault is { } fault ? $"Audience:Profiles: {fault}"
        : DenyRate is < 0 or > 1_000_000 ? $"Audience:DenyRate is {DenyRate}; it must be between 0 and 1,000,000" : Limits.Fault;
}
