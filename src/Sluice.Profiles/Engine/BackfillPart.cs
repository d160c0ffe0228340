using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Profiles.Engine;

/// <summary>What a trait's rule would have realized in a stretch of the journal: added to the profiles once, however often it is told.</summary>
/// <param name="Job">The backfill it belongs to.</param>
/// <param name="Trait">The trait.</param>
/// <param name="ToOffset">The stretch ends before this offset; parts of a job come in order.</param>
/// <param name="Profiles">Whose, and when.</param>
public sealed record BackfillPart(string Job, long Trait, long ToOffset, IReadOnlyList<BackfilledProfile> Profiles)
{
    /// <summary>Writes it as JSON.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, BackfillJson.Default.BackfillPart);

    /// <summary>Reads it.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static BackfillPart Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, BackfillJson.Default.BackfillPart) ?? throw new JsonException("A backfill is empty.");
}

/// <summary>A profile's realizations of one trait.</summary>
/// <param name="Namespace">The profile's namespace.</param>
/// <param name="Id">Its id.</param>
/// <param name="Days">Each day once, ascending.</param>
public sealed record BackfilledProfile(string Namespace, string Id, IReadOnlyList<BackfilledDay> Days);

/// <summary>The realizations of one day.</summary>
/// <param name="Day">Days since 1970-01-01, UTC.</param>
/// <param name="Count">How many.</param>
/// <param name="First">The second of the day of the first.</param>
/// <param name="Last">And of the last.</param>
public sealed record BackfilledDay(int Day, long Count, int First, int Last);

/// <summary>How parts are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BackfillPart))]
internal sealed partial class BackfillJson : JsonSerializerContext;
