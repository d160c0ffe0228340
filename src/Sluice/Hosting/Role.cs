namespace Sluice.Hosting;

/// <summary>Which doors a process opens.</summary>
[Flags]
internal enum Role
{
    None = 0,
    Collection = 1,
    Audience = 2,
    Gateway = 4,
    Console = 8,
    All = Collection | Audience | Gateway | Console,
}

/// <summary>Reads <c>--roles</c>.</summary>
internal static class Roles
{
    /// <exception cref="InvalidOperationException">A name is not a role of this version.</exception>
    internal static Role Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Role.All;
        var roles = Role.None;
        foreach (var name in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            roles |= name.ToLowerInvariant() switch
            {
                "collection" => Role.Collection,
                "audience" => Role.Audience,
                "gateway" => Role.Gateway,
                "console" => Role.Console,
                _ => throw new InvalidOperationException($"--roles: '{name}' is not a role of this version; it has: collection, audience, gateway, console"),
            };
        }
        return roles;
    }
}
