using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>What an admin switches for the whole account.</summary>
/// <param name="RoleBasedAccess">Whether rights come from groups (contract audience.md section 6).</param>
internal sealed record AccountSettingsView(bool RoleBasedAccess);

/// <summary><c>/api/sluice/v1/account</c>.</summary>
internal static class AccountRoutes
{
    internal static IResult Get(AccessRuntime access) =>
        Results.Json(new AccountSettingsView(access.Snapshots.Current.IsRoleBased), AccountSettingsJson.Default.AccountSettingsView);

    internal static async Task<IResult> PutAsync(HttpContext http, AccessRuntime access)
    {
        var (wish, fault) = await AccessAnswers.ReadAsync(http, AccountSettingsJson.Default.AccountSettingsView);
        if (fault is not null)
            return AccessAnswers.Problem(400, fault);
        await access.Changes.RunAsync<AccountSettingsView>(
            AdministrationRequests.ActorOf(http), AuditKinds.Settings,
            async (session, _) =>
            {
                await AccountSettings.SetRoleBasedAsync(session, wish!.RoleBasedAccess);
                return wish;
            },
            set => ("account", $"roleBasedAccess: {set.RoleBasedAccess}"), http.RequestAborted);
        return Get(access);
    }
}

/// <summary>How the account's settings look.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AccountSettingsView))]
internal sealed partial class AccountSettingsJson : JsonSerializerContext;
