using Sluice.Audience.Catalogue;

namespace Sluice.Audience.TraitTypes;

/// <summary>What kind of event a trait stands for: a few that everybody has, and the account's own (contract audience.md 3.9). Its id is the <c>pixelType</c>.</summary>
internal sealed record TraitType : Entity
{
    /// <summary>The id of the first that an account makes.</summary>
    internal const long FirstOwnId = 200;

    public string Name { get; init; } = "";
    public string? Description { get; init; }

    /// <summary>Those that everybody has.</summary>
    internal static EntityTable<TraitType> BuiltIn { get; } = (EntityTable<TraitType>)EntityTable<TraitType>.Empty.WithAll(
    [
        new TraitType { Id = 1, Version = 1, Name = "User Trait", Description = "Something about the visitor" },
        new TraitType { Id = 2, Version = 1, Name = "Site Visitor", Description = "Somebody who came to a site" },
        new TraitType { Id = 4, Version = 1, Name = "Delivery Event", Description = "Something that was delivered to the visitor, such as an ad" },
    ]);

    /// <summary>Whether a trait may be of this type; 0 is none.</summary>
    internal static bool Exists(CatalogueSnapshot catalogue, long pixelType) =>
        pixelType == 0 || BuiltIn.Find(pixelType) is not null || catalogue.Find(Kinds.TraitTypes, pixelType) is not null;
}
