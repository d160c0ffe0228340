namespace Sluice.Hosting;

/// <summary>What the command line says about a server; what it leaves out comes from configuration.</summary>
internal sealed record ServerSettings
{
    internal string? Urls { get; init; }

    internal string? Data { get; init; }

    internal string? Roles { get; init; }

    internal string? BootstrapFile { get; init; }

    /// <summary>Settings by their configuration names, such as <c>Collection:BatchWindow</c>. They win over every other source.</summary>
    internal IReadOnlyDictionary<string, string?> Overrides { get; init; } = new Dictionary<string, string?>();

    /// <summary>Whether log lines go to the console; <c>demo</c> keeps it for its own story.</summary>
    internal bool QuietConsole { get; init; }

    /// <summary>What the whole program takes for the time; null is the system's clock. Tests shift it.</summary>
    internal TimeProvider? Clock { get; init; }
}
