using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Gateway.Consumers;

namespace Sluice.Gateway.Management;

/// <summary>Developers: create, list, read, change, switch on and off, delete with all that is theirs (contract gateway.md 3.7).</summary>
internal static class DeveloperRoutes
{
    private const int MostDevelopers = 100_000;
    private const int MaxEmailCharacters = 255;

    internal static void Map(IEndpointRouteBuilder organization)
    {
        organization.On("GET", "/developers", ListAsync);
        organization.On("POST", "/developers", CreateAsync);
        organization.On("GET", "/developers/{developer}", GetAsync);
        organization.On("PUT", "/developers/{developer}", ChangeAsync);
        organization.On("POST", "/developers/{developer}", ChangeAsync);
        organization.On("DELETE", "/developers/{developer}", DeleteAsync);
        new AttributeRoutes("/developers/{developer}", FindAttributes, SaveAttributesAsync).Map(organization);
    }

    private static Task<IResult> ListAsync(ManagementCall call) =>
        Task.FromResult(ConsumerAnswers.List(call, call.Gateway.Consumers.Current.ByEmail, "developer", one => ConsumerAnswers.Describe(call, one)));

    private static Task<IResult> GetAsync(ManagementCall call) => Task.FromResult(
        call.Gateway.Consumers.Current.FindDeveloper(call.Path("developer")) is { } found ? ManagementAnswers.Ok(ConsumerAnswers.Describe(call, found)) : ConsumerAnswers.NoDeveloper(call));

    private static async Task<IResult> CreateAsync(ManagementCall call)
    {
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        var form = new EntityForm(body);
        var now = call.NowMs;
        var developer = Read(call, form, new Developer { DeveloperId = Guid.NewGuid().ToString(), Email = "", CreatedAt = now, CreatedBy = call.By });
        if (form.Fault is { } fault)
            return ManagementAnswers.Bad(fault);
        return await call.Gateway.Consumers.ChangeAsync(async rows =>
        {
            if (await rows.FindDeveloperAsync(developer.Email) is not null)
                return Exists(developer.Email);
            if (await rows.CountAsync("gateway_developer") >= MostDevelopers)
                return ManagementAnswers.Refuse(400, "TooMany", $"There are {MostDevelopers} developers already");
            await rows.SaveAsync(developer);
            return ManagementAnswers.Json(201, ConsumerAnswers.Describe(call, developer));
        }, call.Cancellation);
    }

    // PUT and POST with a body change it; POST ?action=active or inactive switches it.
    private static async Task<IResult> ChangeAsync(ManagementCall call)
    {
        if (call.Query("action") is { } action)
            return await SwitchAsync(call, action);
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        return await call.Gateway.Consumers.ChangeAsync(async rows =>
        {
            if (await rows.FindDeveloperAsync(call.Path("developer")) is not { } developer)
                return ConsumerAnswers.NoDeveloper(call);
            var form = new EntityForm(body);
            var changed = Read(call, form, developer);
            if (form.Fault is { } fault)
                return ManagementAnswers.Bad(fault);
            if (changed.Email != developer.Email && await rows.FindDeveloperAsync(changed.Email) is not null)
                return Exists(changed.Email);
            await rows.SaveAsync(changed);
            return ManagementAnswers.Ok(ConsumerAnswers.Describe(call, changed));
        }, call.Cancellation);
    }

    private static async Task<IResult> SwitchAsync(ManagementCall call, string action)
    {
        if (action is not (Developer.Active or Developer.Inactive))
            return ManagementAnswers.Bad($"action is '{action}'; it is {Developer.Active} or {Developer.Inactive}");
        return await SaveAsync(call, one => one with { Status = action }) ?? ConsumerAnswers.Done();
    }

    private static Task<IResult> DeleteAsync(ManagementCall call) => call.Gateway.Consumers.ChangeAsync(async rows =>
    {
        if (await rows.FindDeveloperAsync(call.Path("developer")) is not { } developer)
            return ConsumerAnswers.NoDeveloper(call);
        var answer = ManagementAnswers.Ok(ConsumerAnswers.Describe(call, developer));
        await rows.RemoveAsync(developer);
        return answer;
    }, call.Cancellation);

    private static Developer Read(ManagementCall call, EntityForm form, Developer before)
    {
        var email = form.Text("email", before.Email, MaxEmailCharacters).Trim().ToLowerInvariant();
        if (email.IndexOf('@', StringComparison.Ordinal) is < 1 || email.EndsWith('@') || email.AsSpan().IndexOfAny(" /?#") >= 0)
            form.Refuse($"email is '{email}'; a developer has an address such as jane@example.com");
        return before with
        {
            Email = email,
            FirstName = form.Text("firstName", before.FirstName),
            LastName = form.Text("lastName", before.LastName),
            UserName = form.Text("userName", before.UserName),
            Status = form.Word("status", before.Status, Developer.Active, Developer.Inactive),
            Attributes = form.Attributes(before.Attributes),
            LastModifiedAt = call.NowMs,
            LastModifiedBy = call.By,
        };
    }

    private static (EntityAttribute[]?, IResult?) FindAttributes(ManagementCall call) =>
        call.Gateway.Consumers.Current.FindDeveloper(call.Path("developer")) is { } found ? (found.Attributes, null) : (null, ConsumerAnswers.NoDeveloper(call));

    private static Task<IResult?> SaveAttributesAsync(ManagementCall call, Func<EntityAttribute[], EntityAttribute[]> edit) => SaveAsync(call, one => one with { Attributes = edit(one.Attributes) });

    private static Task<IResult?> SaveAsync(ManagementCall call, Func<Developer, Developer> edit) => call.Gateway.Consumers.ChangeAsync(async rows =>
    {
        if (await rows.FindDeveloperAsync(call.Path("developer")) is not { } developer)
            return ConsumerAnswers.NoDeveloper(call);
        await rows.SaveAsync(edit(developer) with { LastModifiedAt = call.NowMs, LastModifiedBy = call.By });
        return null;
    }, call.Cancellation);

    private static IResult Exists(string email) => ManagementAnswers.Refuse(409, "developer.service.DeveloperAlreadyExists", $"There is a developer with the address {email} already");
}
