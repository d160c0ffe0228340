namespace Sluice.Audience;

/// <summary>The Audience door's settings (configuration section <c>Audience</c>).</summary>
public sealed class AudienceOptions
{
    /// <summary>How many objects of each kind an environment may hold, and how large they may be.</summary>
    public AudienceLimits Limits { get; set; } = new();

    /// <summary>Whether strings in answers are HTML-escaped as the original does by default (contract audience.md 2.2, rule 9). Default false.</summary>
    public bool HtmlEscape { get; set; }

    /// <summary>The reason a setting is refused, or null when all are in range.</summary>
    public string? Fault => Limits.Fault;
}
