using Sluice.Access;
using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Users;

/// <summary>A user as a row of a list. Users belong to the installation; they are not kept in the catalogue.</summary>
internal sealed record UserRow(Account Account) : Entity
{
    internal static UserRow Of(Account account) => new(account)
    {
        Id = account.UserId,
        Version = account.UpdatedMs,
        CrUid = account.CreatedBy,
        UpUid = account.UpdatedBy,
        CreateTime = account.CreatedMs,
        UpdateTime = account.UpdatedMs,
    };
}
