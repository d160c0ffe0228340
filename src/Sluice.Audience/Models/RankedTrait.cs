using Sluice.Audience.Catalogue;
using Sluice.Audience.Traits;

namespace Sluice.Audience.Models;

/// <summary>A trait that a run found to tell something, with its place among them; its id is the rank.</summary>
internal sealed record RankedTrait : Entity
{
    internal required Trait Trait { get; init; }

    internal required double Weight { get; init; }
}
