using System.Text.Json;
using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Destinations;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Mappings;

/// <summary>The members of a mapping (contract audience.md 3.6); its id stands under both names that clients read.</summary>
internal static class MappingFields
{
    internal static FieldSet<Mapping> All { get; } = new(
    [
        Field.Number<Mapping>("mappingId", one => one.Id),
        Field.Number<Mapping>("destinationMappingId", one => one.Id).ReadOnly(),
        Field.Text<Mapping>("traitType", _ => MappingWrites.TraitType),
        Field.Number<Mapping>("traitValue", _ => 0).ReadOnly(),
        Field.Number<Mapping>("destinationId", one => one.DestinationId),
        Field.Number<Mapping>("sid", one => one.Sid),
        Field.Text<Mapping>("elementName", one => one.ElementName).ReadOnly(),
        Field.Text<Mapping>("elementDescription", one => one.ElementDescription).ReadOnly(),
        Field.Text<Mapping>("elementStatus", one => one.ElementStatus),
        Field.Text<Mapping>("startDate", one => one.StartDate),
        Field.Text<Mapping>("endDate", one => one.EndDate),
        Field.Number<Mapping>("priority", one => one.Priority).ReadOnly(),
        Field.Text<Mapping>("url", one => one.Url).OnlyOn(IsUrl),
        Field.Text<Mapping>("secureUrl", one => one.SecureUrl).OnlyOn(IsUrl),
        Field.Text<Mapping>("tagCode", _ => null).OnlyOn(IsUrl).ReadOnly(),
        Field.Text<Mapping>("secureTagCode", _ => null).OnlyOn(IsUrl).ReadOnly(),
        Field.Text<Mapping>("traitAlias", one => one.TraitAlias),
        Field.Text<Mapping>("valueAlias", one => one.ValueAlias).OnlyOn(one => one.DestinationType == Destination.Cookie),
        Field.Number<Mapping>("createTime", one => one.CreateTime),
        Field.Number<Mapping>("updateTime", one => one.UpdateTime),
        Field.Number<Mapping>("crUID", one => one.CrUid),
        Field.Number<Mapping>("upUID", one => one.UpUid),
    ]);

    /// <summary>Whether the reader may see the segment that is mapped.</summary>
    internal static bool IsVisible(CatalogueSnapshot catalogue, Mapping mapping, Caller caller) =>
        catalogue.Find(Kinds.Segments, mapping.Sid) is { } segment && caller.RightsOn(ObjectKind.Segment, segment.Id, segment.DataSourceId).HasFlag(ObjectRights.Read);

    /// <summary>Writes the mappings of a destination, as far as they were asked for.</summary>
    internal static void WriteOf(Utf8JsonWriter json, Destination destination, RowView view)
    {
        if (!DestinationFields.ShowsMappings(view))
        {
            json.WriteNull("mappings");
            return;
        }
        var wanted = view.Query.Number("containsSegment");
        json.WriteStartArray("mappings");
        foreach (var mapping in MappingIndex.Of(view.Catalogue).OfDestination(destination.Id))
        {
            if ((wanted is null || mapping.Sid == wanted) && IsVisible(view.Catalogue, mapping, view.Caller))
                All.Write(json, mapping, view);
        }
        json.WriteEndArray();
    }

    private static bool IsUrl(Mapping one) => one.DestinationType == Destination.Url;
}
