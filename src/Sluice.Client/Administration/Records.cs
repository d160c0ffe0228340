using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Client;

/// <summary>A schema of the tenant, as a list shows it.</summary>
public sealed record SchemaSummary(
    [property: JsonPropertyName("$id")] string Id, [property: JsonPropertyName("meta:altId")] string? AltId, string Title, string? Version);

/// <summary>A schema with its whole document.</summary>
public sealed record SchemaDetail(string Id, string Title, string? Version, string? ETag, JsonElement Document);

/// <summary>A dataset of the catalog.</summary>
public sealed record Dataset(string Id, string Name, string SchemaId, string? ETag, JsonElement Document);

/// <summary>An inlet: where producers send to.</summary>
public sealed record Inlet(string InletId, string Name, string Status, Uri InletUrl, bool AuthenticationRequired, string? DatasetId, bool Deduplication);

/// <summary>What an inlet is to be; what is null is left to the server.</summary>
public sealed record InletWish(string Name)
{
    /// <summary>The dataset of messages that name none.</summary>
    public string? DatasetId { get; init; }

    /// <summary>Whether senders must show a token.</summary>
    public bool? AuthenticationRequired { get; init; }

    /// <summary>Whether a message whose id was stored is not stored again.</summary>
    public bool? Deduplication { get; init; }

    /// <summary>How long ids are remembered.</summary>
    public long? DeduplicationWindowSeconds { get; init; }

    /// <summary><c>immediate</c> or <c>deferred</c>.</summary>
    public string? Validation { get; init; }
}

/// <summary>A connection of the flow service, which stands on an inlet.</summary>
public sealed record Connection(string Id, string? Name, string? State, Uri? InletUrl, string? InletId, string? ETag);

/// <summary>A batch that landing cut.</summary>
public sealed record CatalogBatch(string Id, string Status, string? DatasetId, long Records, long FailedRecords, DateTimeOffset Created, JsonElement Document);

/// <summary>Which batches to list.</summary>
public sealed record BatchQuery
{
    /// <summary>Those of one dataset.</summary>
    public string? DatasetId { get; init; }

    /// <summary>Those of one status, such as <c>success</c> or <c>failed</c>.</summary>
    public string? Status { get; init; }

    /// <summary>How many at most: 1 to 100.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>Failed messages with the same fault.</summary>
public sealed record FailedGroup(
    string Fingerprint, string Schema, string Code, string Keyword, string Pointer, string Property, string Message, long Count, IReadOnlyList<GroupOwner> Owners);

/// <summary>A dataset or inlet that has messages of a group.</summary>
public sealed record GroupOwner(string Type, string Id, long Count);

/// <summary>A failed message, whole, and where it lies.</summary>
public sealed record FailedMessage(string BatchId, long Line, JsonElement Message);

/// <summary>A repair of a whole group, and how far it is.</summary>
public sealed record Fix(
    string Id, string Fingerprint, string State, bool DryRun, long Total, long Processed, long Passed, long Duplicate, long Refused, long Unreadable,
    IReadOnlyList<FixReason>? Reasons)
{
    /// <summary>Whether it is still going on.</summary>
    [JsonIgnore]
    public bool IsRunning => State == "running";
}

/// <summary>Why messages of a fix did not pass, and how many.</summary>
public sealed record FixReason(string Message, long Count);
