using Sluice.Schemas;

namespace Sluice.Collection.Routes;

/// <summary>A schema as the hot path needs it.</summary>
/// <param name="Id">The <c>$id</c> as UTF-8.</param>
/// <param name="Version">Counts the changes of the stored schema; tells whether a compiled one is still good.</param>
/// <param name="Compiled">Built once per version.</param>
/// <param name="IdentityFields">The fields that identity descriptors name; they give a record identities beside its <c>identityMap</c>.</param>
internal sealed record SchemaRoute(byte[] Id, long Version, CompiledSchema Compiled, IdentityField[] IdentityFields);

/// <summary>A field that identifies (contract collection.md 3.4, <c>xdm:descriptorIdentity</c>).</summary>
/// <param name="Path">The member names from the entity's root to the field, as UTF-8 without escapes; an array on the way is walked whole.</param>
/// <param name="Namespace">The registered code of the namespace, as UTF-8.</param>
/// <param name="IsPrimary">Whether it is the record's primary identity.</param>
internal sealed record IdentityField(byte[][] Path, byte[] Namespace, bool IsPrimary);

/// <summary>A dataset as the hot path needs it.</summary>
/// <param name="Id">24 hex digits as UTF-8.</param>
/// <param name="Schema">The schema its messages must have; null when that schema is gone.</param>
/// <param name="IsEnabled">A disabled dataset takes no messages.</param>
/// <param name="ForProfiles">Whether its events go on to profiles.</param>
/// <param name="DeduplicationSeconds">How long the ids of its messages are remembered; 0 when they are not.</param>
internal sealed record DatasetRoute(byte[] Id, SchemaRoute? Schema, bool IsEnabled, bool ForProfiles, long DeduplicationSeconds = 0);

/// <summary>An inlet as the hot path needs it.</summary>
/// <param name="Id">64 hex digits as UTF-8.</param>
/// <param name="Organisation">What <c>header.imsOrgId</c> must be, as UTF-8.</param>
/// <param name="Prefix">What every refusal of this inlet begins with (contract 1.5).</param>
/// <param name="DefaultDataset">Where messages go that name no dataset.</param>
internal sealed record InletRoute(
    string InletId, byte[] Id, byte[] Organisation, string Prefix, bool AuthenticationRequired, DatasetRoute? DefaultDataset)
{
    /// <summary>Whether the verdict of the schema is kept out of the answer, as the original does.</summary>
    internal bool IsDeferred { get; init; }

    /// <summary>How long the ids of its messages are remembered, in seconds; 0 when they are not.</summary>
    internal long DeduplicationSeconds { get; init; }

    /// <summary>The id of the connection that stands on it, by which producers may call it too; null for none.</summary>
    internal string? ConnectionId { get; init; }

    internal IEnumerable<string> Names => ConnectionId is null ? [InletId] : [InletId, ConnectionId];

    /// <summary>How much it takes in a second; null for as much as comes.</summary>
    internal InletRate? Rate { get; init; }
}
