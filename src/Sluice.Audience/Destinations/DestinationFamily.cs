using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;
using Sluice.Audience.Mappings;

namespace Sluice.Audience.Destinations;

/// <summary><c>/destinations/</c> (contract audience.md 3.6).</summary>
internal sealed class DestinationFamily(AudienceLimits limits) : Family<Destination>
{
    private static readonly string[] CreatableTypes = [Destination.Url, Destination.Cookie, Destination.Server];

    internal override EntityKind<Destination> Kind => Kinds.Destinations;

    internal override string Noun => "destination";

    internal override bool HasRights => true;

    internal override FieldSet<Destination> Fields => DestinationFields.All;

    internal override ObjectRights RightsOn(Caller caller, Destination row) => caller.RightsOn(ObjectKind.Destination, row.Id, null);

    internal override Func<Destination, bool>? Filter(RowView view)
    {
        var (segment, pid, types) = (view.Query.Number("containsSegment"), view.Query.Number("pid"), view.Query.Texts("restrictType"));
        if (segment is null && pid is null && types.Count == 0)
            return null;
        var holders = segment is { } sid ? MappingIndex.Of(view.Catalogue).OfSegment(sid).Select(mapping => mapping.DestinationId).ToHashSet() : null;
        return row => holders?.Contains(row.Id) != false && pid is null or Organisation.AccountId
            && (types.Count == 0 || types.Contains(row.DestinationType, StringComparer.OrdinalIgnoreCase));
    }

    internal override async Task<Outcome<Destination>> CreateAsync(Draft draft, Body body, Caller caller)
    {
        var type = body.Word("destinationType", null, CreatableTypes);
        if (type is null)
            body.Refuse("destinationType", $"must be one of {string.Join(", ", CreatableTypes)}");
        if (type == Destination.Url && !body.Has("serializationEnabled"))
            body.Refuse("serializationEnabled", "is required");
        var read = DestinationBody.Read(body, new Destination { DestinationType = type ?? Destination.Url }, draft.Current);
        var problem = body.Problem ?? FindRightFault(caller) ?? FindLimit(draft.Current, read);
        return problem is not null ? problem : await draft.AddAsync(Kind, read);
    }

    internal override Task<Outcome<Destination>> UpdateAsync(Draft draft, Destination row, Body body, Caller caller)
    {
        if (body.Has("destinationType") && body.Word("destinationType", null, CreatableTypes) is { } type && type != row.DestinationType)
            body.Refuse("destinationType", "cannot change");
        var read = DestinationBody.Read(body, row, draft.Current);
        var isMapped = MappingIndex.Of(draft.Current).OfDestination(row.Id).Count > 0;
        if (isMapped && (read.SerializationEnabled != row.SerializationEnabled || read.FormatType != row.FormatType))
            body.Refuse("serializationEnabled, formatType", "cannot change while segments are mapped");
        return Task.FromResult<Outcome<Destination>>(body.Problem is { } problem ? problem : draft.Change(Kind, read));
    }

    internal override Task<AudienceProblem?> RemoveAsync(Draft draft, Destination row, Caller caller)
    {
        var mappings = MappingIndex.Of(draft.Current).OfDestination(row.Id);
        if (mappings.Count > 0)
        {
            return Task.FromResult<AudienceProblem?>(AudienceProblem.Conflict(
                "cannot_delete_entity_mapped", $"Destination {row.Id} has mappings", [.. mappings.Take(100).Select(one => $"Mapping {one.Id} of segment {one.Sid}")]));
        }
        draft.Remove(Kind, row);
        return Task.FromResult<AudienceProblem?>(null);
    }

    private static AudienceProblem? FindRightFault(Caller caller) =>
        caller.Has("CREATE_DESTINATIONS") ? null : AudienceProblem.Forbidden("You may not make destinations");

    private AudienceProblem? FindLimit(CatalogueSnapshot catalogue, Destination read)
    {
        var rows = catalogue.Table(Kind);
        var most = read.DestinationType switch
        {
            Destination.Url => limits.UrlDestinations,
            Destination.Cookie => limits.CookieDestinations,
            _ => limits.ServerDestinations,
        };
        return rows.Count >= limits.Destinations ? AudienceProblem.Limit($"There are {limits.Destinations} destinations already")
            : rows.Rows.Count(one => one.DestinationType == read.DestinationType) >= most
                ? AudienceProblem.Limit($"There are {most} destinations of type {read.DestinationType} already")
            : null;
    }
}
