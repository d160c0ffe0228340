using System.Globalization;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Destinations;
using Sluice.Audience.Segments;

namespace Sluice.Audience.Mappings;

/// <summary>Makes and changes mappings: what each type of destination needs, aliases filled by themselves, rights and export controls (contract audience.md 3.6, 5.8, 6).</summary>
internal sealed class MappingWrites(AudienceLimits limits)
{
    internal const string TraitType = "SEGMENT";

    private const int MaxUrlCharacters = 8_192;

    internal async Task<Outcome<Mapping>> CreateAsync(Draft draft, Destination destination, Body body, Caller caller)
    {
        if (body.Word("traitType", null, TraitType) is null)
            body.Refuse("traitType", $"must be {TraitType}");
        var sid = body.Number("sid", null);
        var segment = sid is null ? null : draft.Current.Find(Kinds.Segments, sid.Value);
        if (segment is null)
            body.Refuse("sid", sid is null ? "is required" : $"names no segment: {sid}");
        var read = Read(body, new Mapping { DestinationId = destination.Id, DestinationType = destination.DestinationType, Sid = sid ?? 0 }, destination, segment);
        var problem = body.Problem ?? FindRightFault(segment!, caller) ?? FindExportFault(draft.Current, segment!, destination)
            ?? FindLimit(draft.Current, destination);
        if (problem is not null)
            return problem;
        return await draft.AddAsync(Kinds.Mappings, read with
        {
            Priority = destination.DestinationType == Destination.Cookie ? PrioritiesOf(draft.Current, destination) + 1 : null,
        });
    }

    internal static Outcome<Mapping> Update(Draft draft, Destination destination, Mapping row, Body body, Caller caller)
    {
        if (body.Has("sid") && body.Number("sid", row.Sid) != row.Sid)
            body.Refuse("sid", "cannot change; delete the mapping and make another");
        var segment = draft.Current.Find(Kinds.Segments, row.Sid)!;
        var read = Read(body, row, destination, segment);
        var problem = body.Problem ?? FindRightFault(segment, caller) ?? FindExportFault(draft.Current, segment, destination);
        return problem is not null ? problem : draft.Change(Kinds.Mappings, read);
    }

    /// <summary>Whether the caller may map (and unmap) a segment.</summary>
    internal static AudienceProblem? FindRightFault(Segment segment, Caller caller)
    {
        var rights = caller.RightsOn(ObjectKind.Segment, segment.Id, segment.DataSourceId);
        return rights.HasFlag(ObjectRights.Read | ObjectRights.MapToDestinations) ? null
            : AudienceProblem.Forbidden($"You may not map segment {segment.Id} to destinations");
    }

    /// <summary>Gives the mappings of a segment its new name.</summary>
    internal static void Follow(Draft draft, Segment before, Segment after)
    {
        if (before.Name == after.Name && before.Description == after.Description)
            return;
        foreach (var mapping in MappingIndex.Of(draft.Current).OfSegment(after.Id))
            draft.Change(Kinds.Mappings, mapping with { ElementName = after.Name, ElementDescription = after.Description });
    }

    private static Mapping Read(Body body, Mapping old, Destination destination, Segment? segment)
    {
        var read = old with
        {
            ElementName = segment?.Name,
            ElementDescription = segment?.Description,
            ElementStatus = body.Word("elementStatus", old.ElementStatus, "active", "inactive") ?? old.ElementStatus,
            StartDate = body.Date("startDate", old.StartDate) ?? "",
            EndDate = body.Date("endDate", old.EndDate),
        };
        if (read.StartDate.Length == 0)
            body.Refuse("startDate", "is required");
        else if (read.EndDate is not null && string.CompareOrdinal(read.EndDate, read.StartDate) <= 0)
            body.Refuse("endDate", "must be after startDate");
        return destination.DestinationType switch
        {
            Destination.Url when !destination.SerializationEnabled => ReadPlainUrl(body, read),
            Destination.Cookie => ReadCookie(body, read, destination, segment),
            _ => ReadAlias(body, read, destination, segment),
        };
    }

    private static Mapping ReadPlainUrl(Body body, Mapping read)
    {
        read = read with { Url = body.RequiredText("url", read.Url, MaxUrlCharacters), SecureUrl = body.Text("secureUrl", read.SecureUrl, MaxUrlCharacters) };
        if (read.Url is { Length: > 0 } && !DestinationBody.IsUrl(read.Url))
            body.Refuse("url", "must be an http or https URL");
        if (!string.IsNullOrEmpty(read.SecureUrl) && !DestinationBody.IsUrl(read.SecureUrl))
            body.Refuse("secureUrl", "must be an http or https URL");
        return read;
    }

    // A key of a cookie with several keys is the writer's to choose; its value may fill itself.
    private static Mapping ReadCookie(Body body, Mapping read, Destination destination, Segment? segment) => read with
    {
        TraitAlias = destination.FormatType == Destination.SingleKey ? null : body.RequiredText("traitAlias", read.TraitAlias),
        ValueAlias = FilledAlias(body, "valueAlias", read.ValueAlias, destination, segment),
    };

    private static Mapping ReadAlias(Body body, Mapping read, Destination destination, Segment? segment)
    {
        var alias = FilledAlias(body, "traitAlias", read.TraitAlias, destination, segment);
        return destination.DestinationType == Destination.Url ? read with { TraitAlias = alias, Url = alias, SecureUrl = alias } : read with { TraitAlias = alias };
    }

    private static string FilledAlias(Body body, string name, string? otherwise, Destination destination, Segment? segment)
    {
        var text = body.Text(name, otherwise);
        if (!string.IsNullOrEmpty(text))
            return text;
        var filled = destination.MappingAutoFiller switch
        {
            "SID" => segment?.Id.ToString(CultureInfo.InvariantCulture),
            "IC" => segment?.IntegrationCode,
            _ => null,
        };
        if (string.IsNullOrEmpty(filled) && segment is not null)
            body.Refuse(name, destination.MappingAutoFiller == "IC" ? $"cannot be filled: segment {segment.Id} has no integration code" : "is required");
        return filled ?? "";
    }

    private static AudienceProblem? FindExportFault(CatalogueSnapshot catalogue, Segment segment, Destination destination)
    {
        var conflicts = ExportControls.Conflicts(catalogue, segment.Traits, segment.MergeRuleDataSourceId, destination);
        return conflicts.Count == 0 ? null
            : new AudienceProblem(400, "data_export_conflict", $"Segment {segment.Id} may not be sent to destination {destination.Id}") { ChildMessages = conflicts };
    }

    private AudienceProblem? FindLimit(CatalogueSnapshot catalogue, Destination destination) =>
        catalogue.Table(Kinds.Mappings).Count >= limits.Mappings ? AudienceProblem.Limit($"There are {limits.Mappings} mappings already")
        : destination.MaxMappings is { } most && catalogue.Table(Kinds.Mappings).Rows.Count(one => one.DestinationId == destination.Id) >= most
            ? AudienceProblem.Limit($"Destination {destination.Id} has {most} mappings already")
        : null;

    private static long PrioritiesOf(CatalogueSnapshot catalogue, Destination destination) =>
        catalogue.Table(Kinds.Mappings).Rows.Where(one => one.DestinationId == destination.Id).Max(one => one.Priority) ?? 0;
}
