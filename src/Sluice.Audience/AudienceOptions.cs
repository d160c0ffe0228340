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

    /// <summary>The reason a setting is refused, or null when all are in range.</summary>
    public string? Fault => DenyRate is < 0 or > 1_000_000 ? $"Audience:DenyRate is {DenyRate}; it must be between 0 and 1,000,000" : Limits.Fault;
}
