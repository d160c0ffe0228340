using Sluice.Audience.Events.Ids;

namespace Sluice.Audience.Events.Answers;

/// <summary>What destinations look at in a call beside the segments: the page, the platform, the ids, the time.</summary>
internal sealed record Visit
{
    /// <summary>The host of the page that called, in lower case; null when it did not say.</summary>
    internal string? PageHost { get; init; }

    /// <summary>As destinations name platforms; null for every one.</summary>
    internal string? Platform { get; init; }

    internal required string Uuid { get; init; }

    internal required string Mid { get; init; }

    internal IReadOnlyList<DeclaredId> Ids { get; init; } = [];

    internal int Region { get; init; }

    internal string Gdpr { get; init; } = "";

    internal string Consent { get; init; } = "";

    internal DateTimeOffset Now { get; init; }

    /// <summary>The host of an address such as a Referer header's; null when it is none.</summary>
    internal static string? HostOf(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) ? uri.IdnHost.ToLowerInvariant() : null;
}
