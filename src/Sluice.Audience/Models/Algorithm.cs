using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Models;

/// <summary>A way to weigh traits; there is one (contract audience.md 3.11).</summary>
internal sealed record Algorithm : Entity
{
    internal const long TraitWeight = 1;

    public string Name { get; init; } = "";

    internal static EntityTable<Algorithm> All { get; } =
        (EntityTable<Algorithm>)EntityTable<Algorithm>.Empty.WithAll([new Algorithm { Id = TraitWeight, Version = 1, Name = "Trait Weight" }]);
}
