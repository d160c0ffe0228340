using System.Buffers;

namespace Sluice.Storage;

/// <summary>The name of an environment: 1 to 40 of a-z, 0-9 and <c>-</c>, beginning with a letter. <c>prod</c> is read as <c>production</c>.</summary>
public readonly record struct EnvironmentName
{
    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private EnvironmentName(string value) => Value = value;

    /// <summary>The environment that always exists.</summary>
    public static EnvironmentName Production { get; } = new("production");

    /// <summary>The name itself.</summary>
    public string Value { get; }

    /// <summary>Reads a name as configuration, a host or the <c>x-sandbox-name</c> header gives it.</summary>
    public static bool TryParse(string? text, out EnvironmentName name)
    {
        name = default;
        var lower = text?.Trim().ToLowerInvariant();
        if (lower is not { Length: > 0 and <= 40 } || !char.IsAsciiLetterLower(lower[0])
            || lower.AsSpan().ContainsAnyExcept(Characters))
            return false;
        name = lower == "prod" ? Production : new EnvironmentName(lower);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
