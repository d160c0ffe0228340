using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Users;

/// <summary><c>/users/</c> (contract audience.md 3.12): for admins, but for what begins with <c>/users/self</c>. Users are Access's; <c>GET /users/self</c> is there.</summary>
internal sealed class UserRoutes(UserFamily family, Accounts accounts)
{
    private const int MaxBulkIds = 10_000;

    internal void Map(RouteGroupBuilder routes)
    {
        var admins = routes.MapGroup("/users").AddEndpointFilter<RouteGroupBuilder, AdminsOnly>();
        admins.MapGet("", (Delegate)((HttpContext http) => FamilyRoutes.ListAsync(http, family)));
        admins.MapPost("", (Delegate)CreateAsync);
        admins.MapGet("/{id:long}", (HttpContext http, long id) => Answer(http, id, 200));
        admins.MapPut("/{id:long}", (HttpContext http, long id) => ChangeAsync(http, id, isSelf: false));
        admins.MapDelete("/{id:long}", DeleteAsync);
        admins.MapPost("/{id:long}/reset-password", ResetAsync);
        admins.MapPost("/bulk-delete", (Delegate)DeleteManyAsync);
        admins.MapPost("/update-groups", (Delegate)SetGroupsAsync);

        routes.MapPut("/users/self/update", (Delegate)((HttpContext http) =>
            Caller.Of(http).UserId is { } id ? ChangeAsync(http, id, isSelf: true) : Task.FromResult(NoAccount())));
        routes.MapPost("/users/self/update-password", (Delegate)ChangePasswordAsync);
        routes.MapPost("/users/self/reset-password", () => AudienceAnswers.Refuse(AudienceProblem.Conflict(
            "no_mail", "This installation sends no mail; an admin gives a new password with POST /v1/users/{id}/reset-password")));
    }

    private async Task<IResult> CreateAsync(HttpContext http)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var wish = Read(body!, isSelf: false) with
        {
            Username = body!.RequiredText("username", null),
            IsAdmin = body.Flag("isAdmin", body.Flag("admin", false)),
            ApiOnly = body.Flag("apiOnly", false),
        };
        if (body.Problem is { } refused)
            return AudienceAnswers.Refuse(refused);
        var (userId, invented, fault) = await accounts.CreateAsync(http, wish);
        return fault is not null ? AudienceAnswers.Refuse(AccountAnswers.Of(fault)) : Answer(http, userId, 201, invented);
    }

    // An admin's own right is changed by another admin, and where Access administers users: not here (contract audience.md 3.12).
    private async Task<IResult> ChangeAsync(HttpContext http, long id, bool isSelf)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var wish = Read(body!, isSelf);
        if (body!.Problem is { } refused)
            return AudienceAnswers.Refuse(refused);
        if (accounts.Find(id) is { } known && FamilyRoutes.FindStale(http, "user", UserRow.Of(known)) is { } stale)
            return AudienceAnswers.Refuse(stale);
        return await accounts.ChangeAsync(http, id, wish) is { } fault ? AudienceAnswers.Refuse(AccountAnswers.Of(fault)) : Answer(http, id, 200);
    }

    private async Task<IResult> DeleteAsync(HttpContext http, long id) =>
        await accounts.DeleteAsync(http, [id]) is [var (_, problem), ..] ? AudienceAnswers.Refuse(AccountAnswers.Of(problem)) : Results.NoContent();

    private async Task<IResult> DeleteManyAsync(HttpContext http)
    {
        var (ids, problem) = await Body.ReadIdsAsync(http, MaxBulkIds);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var problems = await accounts.DeleteAsync(http, [.. ids]);
        return problems.Count == 0 ? Results.NoContent()
            : AudienceAnswers.Refuse(AccountAnswers.Of(problems[0].Problem) with
            {
                Message = $"{problems.Count} of {ids.Count} users cannot be deleted; nothing was",
                ChildMessages = [.. problems.Select(one => $"{one.UserId}: {one.Problem.Reason}")],
            });
    }

    private async Task<IResult> SetGroupsAsync(HttpContext http)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var (users, groups) = (body!.Numbers("users", body.Numbers("userIds", [])), body.Numbers("groups", body.Numbers("groupIds", [])));
        if (users.Count == 0)
            body.Refuse("users", "must name at least one user");
        if (body.Problem is { } refused)
            return AudienceAnswers.Refuse(refused);
        if (await accounts.SetGroupsAsync(http, users, groups) is { } fault)
            return AudienceAnswers.Refuse(AccountAnswers.Of(fault));
        var view = new RowView(Caller.Of(http), AudienceEnvironment.Of(http).Catalogue.Snapshot, ListQuery.Read(http)) { IsSingle = true };
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartArray();
            foreach (var account in users.Distinct().Select(accounts.Find).OfType<Account>())
                UserFields.All.Write(json, UserRow.Of(account), view);
            json.WriteEndArray();
        });
    }

    private async Task<IResult> ResetAsync(HttpContext http, long id)
    {
        var (password, problem) = await accounts.ResetPasswordAsync(http, id);
        return problem is not null ? AudienceAnswers.Refuse(AccountAnswers.Of(problem)) : Answer(http, id, 200, password);
    }

    private async Task<IResult> ChangePasswordAsync(HttpContext http)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var (old, wanted) = (body!.RequiredText("oldPassword", null), body.RequiredText("newPassword", null));
        if (body.Problem is { } refused)
            return AudienceAnswers.Refuse(refused);
        if (Caller.Of(http).UserId is not { } id)
            return NoAccount();
        return await accounts.ChangeOwnPasswordAsync(http, old, wanted) is { } fault ? AudienceAnswers.Refuse(AccountAnswers.Of(fault)) : Answer(http, id, 200);
    }

    private static AccountWish Read(Body body, bool isSelf) => new()
    {
        Username = isSelf ? null : body.Text("username", null),
        // PENDING is shown, never set: the object as read may be sent back.
        Status = body.Word("status", null, "ACTIVE", "INACTIVE", "LOCKED", "PENDING") is "PENDING" or null ? null : body.Word("status", null, "ACTIVE", "INACTIVE", "LOCKED"),
        FirstName = Given(body, "firstName"),
        LastName = Given(body, "lastName"),
        Email = Given(body, "email"),
        Title = Given(body, "title"),
        PhoneNumber = Given(body, "phoneNumber"),
        Groups = !isSelf && body.Has("groups") ? body.Numbers("groups", []) : null,
    };

    // Left out: kept. Null: cleared.
    private static string? Given(Body body, string name) => body.Has(name) ? body.Text(name, null) ?? "" : null;

    private IResult Answer(HttpContext http, long id, int status, string? password = null)
    {
        if (accounts.Find(id) is not { } account)
            return AudienceAnswers.Refuse(AudienceProblem.NotFound($"user {id}"));
        var row = UserRow.Of(account);
        var view = new RowView(Caller.Of(http), AudienceEnvironment.Of(http).Catalogue.Snapshot, ListQuery.Read(http)) { IsSingle = true };
        http.Response.Headers.ETag = row.ETag;
        if (password is null)
            return AudienceAnswers.Json(status, json => UserFields.All.Write(json, row, view));
        http.Response.Headers.CacheControl = "no-store";
        return AudienceAnswers.Json(status, json =>
        {
            json.WriteStartObject();
            UserFields.All.WriteMembers(json, row, view);
            json.WriteString("temporaryPassword", password); // the original mails it
            json.WriteEndObject();
        });
    }

    private static IResult NoAccount() => AudienceAnswers.Refuse(AudienceProblem.NotFound("user for this client yet; GET /v1/users/self makes it"));
}
