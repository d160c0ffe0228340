using Sluice.Access;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Users;

/// <summary>The members of a user (contract audience.md 3.12 and 11); some stand twice, as different clients read them.</summary>
internal static class UserFields
{
    internal static FieldSet<UserRow> All { get; } = new(
        Field.Number<UserRow>("pid", _ => Organisation.AccountId),
        Field.Number<UserRow>("uid", one => one.Id),
        Field.Number<UserRow>("userId", one => one.Id),
        Field.Text<UserRow>("username", one => one.Account.Username),
        Field.Text<UserRow>("status", one => one.Account.Status),
        Field.Text<UserRow>("firstName", one => one.Account.FirstName),
        Field.Text<UserRow>("lastName", one => one.Account.LastName),
        Field.Text<UserRow>("email", one => one.Account.Email),
        Field.Text<UserRow>("title", one => one.Account.Title),
        Field.Text<UserRow>("phoneNumber", one => one.Account.PhoneNumber),
        Field.Custom<UserRow>("companyName", (json, _, view) => json.WriteString("companyName", view.Caller.Organisation.TenantId)),
        Field.Numbers<UserRow>("groups", one => one.Account.Groups),
        Field.Flag<UserRow>("isAdmin", one => one.Account.IsAdmin),
        Field.Flag<UserRow>("admin", one => one.Account.IsAdmin),
        Field.Number<UserRow>("createTime", one => one.CreateTime),
        Field.Number<UserRow>("updateTime", one => one.UpdateTime),
        Field.Number<UserRow>("crUID", one => one.CrUid),
        Field.Number<UserRow>("upUID", one => one.UpUid));
}
