using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Destinations;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Mappings;

/// <summary>The rules of mappings, whose body names the destination. Their paths stand under destinations, in <see cref="MappingRoutes"/>.</summary>
internal sealed class MappingFamily(DestinationFamily destinations, MappingWrites writes) : Family<Mapping>
{
    internal override EntityKind<Mapping> Kind => Kinds.Mappings;

    internal override string Noun => "mapping";

    internal override IReadOnlyList<string> Required => ["sid", "traitType", "startDate"];

    internal override FieldSet<Mapping> Fields => MappingFields.All;

    internal override async Task<Outcome<Mapping>> CreateAsync(Draft draft, Body body, Caller caller)
    {
        var (destination, missing) = FindDestination(draft.Current, body.Number("destinationId", null) ?? 0, caller);
        return missing is not null ? missing : await writes.CreateAsync(draft, destination!, body, caller);
    }

    internal override Task<Outcome<Mapping>> UpdateAsync(Draft draft, Mapping row, Body body, Caller caller)
    {
        var (destination, missing) = FindDestination(draft.Current, row.DestinationId, caller);
        return Task.FromResult(missing is not null ? missing : MappingWrites.Update(draft, destination!, row, body, caller));
    }

    internal override Task<AudienceProblem?> RemoveAsync(Draft draft, Mapping row, Caller caller)
    {
        var problem = MappingWrites.FindRightFault(draft.Current.Find(Kinds.Segments, row.Sid)!, caller);
        if (problem is null)
            draft.Remove(Kind, row);
        return Task.FromResult(problem);
    }

    /// <summary>The destination, if the caller may see it.</summary>
    internal Outcome<Destination> FindDestination(CatalogueSnapshot catalogue, long id, Caller caller)
    {
        if (catalogue.Find(Kinds.Destinations, id) is not { } destination)
            return AudienceProblem.NotFound($"destination [{id}]");
        return destinations.RightsOn(caller, destination).HasFlag(ObjectRights.Read) ? destination
            : AudienceProblem.Forbidden($"You may not see destination {id}");
    }
}
