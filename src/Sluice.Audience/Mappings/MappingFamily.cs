using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Mappings;

/// <summary>Mappings as lists and single objects show them. Their verbs stand under destinations, in <see cref="MappingRoutes"/>.</summary>
internal sealed class MappingFamily : Family<Mapping>
{
    internal override EntityKind<Mapping> Kind => Kinds.Mappings;

    internal override string Noun => "mapping";

    internal override FieldSet<Mapping> Fields => MappingFields.All;
}
