using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.PartnerSites;

/// <summary><c>/partner-sites/</c> (contract audience.md 3.7): made and deleted, never changed.</summary>
internal sealed class PartnerSiteFamily(AudienceLimits limits) : Family<PartnerSite>
{
    private const int MaxAddressCharacters = 2_048;

    internal override EntityKind<PartnerSite> Kind => Kinds.PartnerSites;

    internal override string Noun => "partner site";

    internal override FamilyVerbs Verbs => FamilyVerbs.Create | FamilyVerbs.Delete;

    internal override IReadOnlyList<string> Required => ["url"];

    internal override FieldSet<PartnerSite> Fields { get; } = new(
        Field.Number<PartnerSite>("pid", _ => Organisation.AccountId),
        Field.Number<PartnerSite>("siteId", one => one.Id),
        Field.Text<PartnerSite>("url", one => one.Url).NeverNull());

    internal override async Task<Outcome<PartnerSite>> CreateAsync(Draft draft, Body body, Caller caller)
    {
        if (!MayChange(caller))
            return AudienceProblem.Forbidden("You may not make partner sites");
        var address = body.RequiredText("url", null, MaxAddressCharacters);
        var host = "";
        if (body.Problem is null && !HostName.TryRead(address, out host!))
            body.Refuse("url", "must be a host name, such as shop.example.com");
        if (body.Problem is { } fault)
            return fault;
        var sites = draft.Current.Table(Kind);
        var problem = sites.Rows.FirstOrDefault(one => one.Url == host) is { } twin
                ? AudienceProblem.Conflict("duplicate_name", $"There is a partner site [{host}] already", $"Partner site {twin.Id}")
            : sites.Count >= limits.PartnerSites ? AudienceProblem.Limit($"There are {limits.PartnerSites} partner sites already")
            : null;
        return problem is not null ? problem : await draft.AddAsync(Kind, new PartnerSite { Url = host });
    }

    internal override Task<AudienceProblem?> RemoveAsync(Draft draft, PartnerSite row, Caller caller)
    {
        var users = UsersOf(draft.Current, row.Id).Take(20).ToList();
        var problem = !MayChange(caller) ? AudienceProblem.Forbidden($"You may not delete partner site {row.Id}")
            : users.Count > 0 ? AudienceProblem.Conflict("cannot_delete_entity_mapped", $"Partner site {row.Id} is in use", users)
            : null;
        if (problem is null)
            draft.Remove(Kind, row);
        return Task.FromResult(problem);
    }

    /// <summary>The destinations that are limited to the site, one line each.</summary>
    private static IEnumerable<string> UsersOf(CatalogueSnapshot catalogue, long siteId) =>
        catalogue.Table(Kinds.Destinations).Rows.Where(one => one.SiteIds.Contains(siteId)).Select(one => $"Destination {one.Id}");

    // No right is about sites; whoever may make what is limited to them may name them.
    private static bool MayChange(Caller caller) => caller.IsAdmin || caller.Has("CREATE_DESTINATIONS") || caller.Has("EDIT_ALL_DESTINATIONS");
}
