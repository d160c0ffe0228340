using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Users;

/// <summary>Users as lists and single objects show them. They belong to the installation, so no catalogue has them.</summary>
internal sealed class UserFamily(Accounts accounts) : ReadFamily<UserRow>
{
    internal override string Noun => "user";

    internal override FieldSet<UserRow> Fields => UserFields.All;

    internal override EntityTable<UserRow> Rows(CatalogueSnapshot catalogue) =>
        (EntityTable<UserRow>)EntityTable<UserRow>.Empty.WithAll(accounts.All().Select(UserRow.Of));

    internal override Func<UserRow, bool>? Filter(RowView view)
    {
        var groups = view.Query.Numbers("groupId");
        return groups.Count == 0 ? null : row => row.Account.Groups.Any(groups.Contains);
    }
}
