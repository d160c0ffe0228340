using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>The users that clients act as: made with the client when it is given groups, else by its first <c>GET /v1/users/self</c> or its first write (contract audience.md 1.2).</summary>
internal static class TechnicalAccounts
{
    /// <summary>The name of an account to be: <c>{24 hexadecimal digits}@techacct.{tenant}</c>.</summary>
    internal static string NewName(Organisation organisation) => $"{Convert.ToHexString(RandomNumberGenerator.GetBytes(12))}@techacct.{organisation.TenantId}";

    internal static string NewId(string prefix) => $"{prefix}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";

    internal static Task<User> AddAsync(SqlSession session, Client client, long nowMs)
    {
        var document = new UserDocument { ApiOnly = true, Email = client.TechnicalAccount, FirstName = client.Name };
        return UserStore.AddAsync(
            session, User.New(client.TechnicalAccount, document, nowMs) with { IsAdmin = client.Document.IsAdmin, ClientId = client.ClientId, HasPassword = false }, "");
    }

    /// <summary>Makes the account of a caller that has none; null when another call was faster.</summary>
    internal static Task<User?> EnsureAsync(HttpContext http, AccessRuntime access, Caller caller) => access.Changes.RunAsync<User>(
        AdministrationRequests.ActorOf(http), AuditKinds.UserCreate,
        async (session, now) =>
        {
            // Read inside the transaction: two first calls at once make one account.
            await session.NextIdAsync("technical_account");
            var clients = await ClientStore.ListAsync(session);
            var users = await UserStore.ListAsync(session);
            return clients.Find(one => one.ClientId == caller.ClientId) is { } client && users.TrueForAll(one => one.ClientId != caller.ClientId)
                ? await AddAsync(session, client, now)
                : null;
        },
        user => (user.Username, "technical account"), http.RequestAborted);
}
