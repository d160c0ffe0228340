using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Groups;

/// <summary>Groups as lists and single objects show them. They belong to the installation, so no catalogue has them.</summary>
internal sealed class GroupFamily(AccountGroups groups) : ReadFamily<GroupRow>
{
    internal override string Noun => "group";

    internal override FieldSet<GroupRow> Fields => GroupRow.Fields;

    internal override EntityTable<GroupRow> Rows(CatalogueSnapshot catalogue) =>
        (EntityTable<GroupRow>)EntityTable<GroupRow>.Empty.WithAll(groups.All().Select(GroupRow.Of));
}
