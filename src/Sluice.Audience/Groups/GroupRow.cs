using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Groups;

/// <summary>A group as a row of a list. Groups belong to the installation; they are not kept in the catalogue.</summary>
internal sealed record GroupRow(Group Group) : Entity
{
    /// <summary>The members of a group (contract audience.md 3.13 and 11); some stand twice, as different clients read them.</summary>
    internal static FieldSet<GroupRow> Fields { get; } = new(
        Field.Number<GroupRow>("groupId", one => one.Id),
        Field.Number<GroupRow>("id", one => one.Id),
        Field.Number<GroupRow>("pid", _ => Organisation.AccountId),
        Field.Text<GroupRow>("name", one => one.Group.Name),
        Field.Text<GroupRow>("description", one => one.Group.Description),
        Field.Number<GroupRow>("membershipCount", one => one.Group.Users.Count),
        Field.Texts<GroupRow>("wildcards", one => one.Group.Wildcards),
        Field.Texts<GroupRow>("wildcardPermissions", one => one.Group.Wildcards),
        Field.Numbers<GroupRow>("users", one => one.Group.Users),
        Field.Number<GroupRow>("createTime", one => one.CreateTime),
        Field.Number<GroupRow>("updateTime", one => one.UpdateTime),
        Field.Number<GroupRow>("crUID", one => one.CrUid),
        Field.Number<GroupRow>("upUID", one => one.UpUid));

    internal static GroupRow Of(Group group) => new(group)
    {
        Id = group.GroupId,
        Version = group.UpdatedMs,
        CrUid = group.CreatedBy,
        UpUid = group.UpdatedBy,
        CreateTime = group.CreatedMs,
        UpdateTime = group.UpdatedMs,
    };
}
