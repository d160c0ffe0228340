using System.Text.Json;
using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Bulk;

/// <summary>What a bulk call changed, or would change: counts, and for the first objects each member with its value before and after.</summary>
internal sealed class BulkReport(BulkFamilies families, Caller caller, ListQuery query)
{
    internal const int MaxListed = 1_000;

    /// <summary>Writes the report.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="before">The catalogue as it was.</param>
    /// <param name="after">The catalogue with the changes.</param>
    /// <param name="changes">All of them.</param>
    /// <param name="unchanged">How many objects were sent as they are already.</param>
    /// <param name="dryRun">Whether nothing was kept.</param>
    internal void Write(
        Utf8JsonWriter json, CatalogueSnapshot before, CatalogueSnapshot after, IReadOnlyCollection<EntityChange> changes, int unchanged, bool dryRun)
    {
        json.WriteBoolean("dryRun", dryRun);
        json.WriteNumber("created", changes.Count(change => change.Before is null));
        json.WriteNumber("updated", changes.Count(change => change.Before is not null && change.After is not null));
        json.WriteNumber("deleted", changes.Count(change => change.After is null));
        json.WriteNumber("unchanged", unchanged);
        json.WriteNumber("listed", Math.Min(changes.Count, MaxListed));
        json.WriteStartArray("changes");
        foreach (var change in changes.Take(MaxListed))
            Write(json, change, ViewOf(before), ViewOf(after));
        json.WriteEndArray();
    }

    private RowView ViewOf(CatalogueSnapshot catalogue) => new(caller, catalogue, query) { IsSingle = true };

    private void Write(Utf8JsonWriter json, EntityChange change, RowView before, RowView after)
    {
        json.WriteStartObject();
        json.WriteString("op", change.Before is null ? "create" : change.After is null ? "delete" : "update");
        json.WriteString("type", change.Kind.Name);
        json.WriteNumber("id", change.Id);
        json.WriteStartArray("members");
        using var old = Read(change.Kind, change.Before, before);
        using var now = Read(change.Kind, change.After, after);
        var names = Members(old).Concat(Members(now)).Distinct().ToList();
        foreach (var name in names)
        {
            var (was, value) = (Find(old, name), Find(now, name));
            if (was is not null && value is not null && JsonElement.DeepEquals(was.Value, value.Value))
                continue;
            json.WriteStartObject();
            json.WriteString("member", name);
            Write(json, "before", was);
            Write(json, "after", value);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private JsonDocument? Read(EntityKind kind, Entity? row, RowView view) => row is null ? null : families.Read(kind, row, view);

    private static IEnumerable<string> Members(JsonDocument? document) => document?.RootElement.EnumerateObject().Select(member => member.Name) ?? [];

    private static JsonElement? Find(JsonDocument? document, string name) =>
        document?.RootElement.TryGetProperty(name, out var value) == true ? value : null;

    private static void Write(Utf8JsonWriter json, string name, JsonElement? value)
    {
        if (value is null)
            return;
        json.WritePropertyName(name);
        value.Value.WriteTo(json);
    }
}
