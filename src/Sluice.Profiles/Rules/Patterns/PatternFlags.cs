namespace Sluice.Profiles.Rules.Patterns;

/// <summary>What (?idmsux) switches on.</summary>
[Flags]
internal enum PatternFlags
{
    None = 0,
    IgnoreCase = 1,
    UnixLines = 2,
    Multiline = 4,
    DotAll = 8,
    UnicodeCase = 16,
    Comments = 32,
}
