using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Gateway.Consumers;

namespace Sluice.Gateway.Management;

/// <summary>The apps of developers, by developer and name or by id (contract gateway.md 3.7).</summary>
internal static class AppRoutes
{
    internal const string Base = "/developers/{developer}/apps/{app}";

    private const int MostAppsOfDeveloper = 1_000;
    private const int MostApps = 200_000;
    private const int MostKeysOfApp = 50;

    internal static void Map(IEndpointRouteBuilder organization)
    {
        organization.On("GET", "/apps", call => Task.FromResult(ConsumerAnswers.List(call, call.Gateway.Consumers.Current.AppsById, "app", ConsumerAnswers.Describe)));
        organization.On("GET", "/apps/{id}", GetByIdAsync);
        organization.On("GET", "/developers/{developer}/apps", ListAsync);
        organization.On("POST", "/developers/{developer}/apps", CreateAsync);
        organization.On("GET", Base, GetAsync);
        organization.On("PUT", Base, ChangeAsync);
        organization.On("POST", Base, ChangeAsync);
        organization.On("DELETE", Base, DeleteAsync);
        new AttributeRoutes(Base, FindAttributes, SaveAttributesAsync).Map(organization);
        KeyRoutes.Map(organization);
    }

    /// <summary>Changes the app of the path: what <paramref name="edit"/> returns is kept, unless it returns an answer instead.</summary>
    internal static Task<IResult> ChangeAsync(ManagementCall call, Func<ConsumerRows, DeveloperApp, Task<(DeveloperApp? App, IResult Answer)>> edit) => call.Gateway.Consumers.ChangeAsync(async rows =>
    {
        if (await rows.FindDeveloperAsync(call.Path("developer")) is not { } developer)
            return ConsumerAnswers.NoDeveloper(call);
        if (await rows.FindAppAsync(developer.DeveloperId, call.Path("app")) is not { } app)
            return ConsumerAnswers.NoApp(call.Path("app"));
        var (changed, answer) = await edit(rows, app);
        if (changed is not null)
            await rows.SaveAsync(changed with { LastModifiedAt = call.NowMs, LastModifiedBy = call.By });
        return answer;
    }, call.Cancellation);

    /// <summary>The app of the path as memory has it, or the answer that there is none.</summary>
    internal static (DeveloperApp? App, IResult? Refusal) Find(ManagementCall call)
    {
        var all = call.Gateway.Consumers.Current;
        return all.FindDeveloper(call.Path("developer")) is not { } developer ? (null, ConsumerAnswers.NoDeveloper(call))
            : all.AppsOf(developer.DeveloperId).GetValueOrDefault(call.Path("app")) is { } app ? (app, null)
            : (null, ConsumerAnswers.NoApp(call.Path("app")));
    }

    /// <summary>Adds a credential for these products to an app; the answer when it cannot be.</summary>
    internal static async Task<(DeveloperApp? App, IResult? Refusal)> AddAsync(ConsumerRows rows, DeveloperApp app, Credential credential, string[] products)
    {
        if (app.Credentials.Length >= MostKeysOfApp)
            return (null, ManagementAnswers.Refuse(400, "TooMany", $"{app.Name} has {MostKeysOfApp} keys already"));
        if (await rows.HasKeyAsync(credential.ConsumerKey))
            return (null, ManagementAnswers.Refuse(409, "keymanagement.service.consumer_key_already_exists", $"The key {credential.ConsumerKey} exists already"));
        var (bound, missing) = await AppForm.BindAsync(rows, credential, products);
        return missing is null ? (app.With(bound), null) : (null, ConsumerAnswers.NoProduct(missing));
    }

    private static Task<IResult> GetByIdAsync(ManagementCall call) => Task.FromResult(
        call.Gateway.Consumers.Current.AppsById.GetValueOrDefault(call.Path("id")) is { } app ? ManagementAnswers.Ok(ConsumerAnswers.Describe(app)) : ConsumerAnswers.NoApp(call.Path("id")));

    private static Task<IResult> ListAsync(ManagementCall call)
    {
        var all = call.Gateway.Consumers.Current;
        return Task.FromResult(all.FindDeveloper(call.Path("developer")) is { } developer
            ? ConsumerAnswers.List(call, all.AppsOf(developer.DeveloperId), "app", ConsumerAnswers.Describe)
            : ConsumerAnswers.NoDeveloper(call));
    }

    private static Task<IResult> GetAsync(ManagementCall call)
    {
        var (app, refusal) = Find(call);
        return Task.FromResult(refusal ?? ManagementAnswers.Ok(ConsumerAnswers.Describe(app!)));
    }

    private static async Task<IResult> CreateAsync(ManagementCall call)
    {
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        var form = new EntityForm(AppForm.Flatten(body));
        var name = form.Name("name", "An app");
        var app = AppForm.Read(call, form, new DeveloperApp { AppId = Guid.NewGuid().ToString(), DeveloperId = "", Name = name, CreatedAt = call.NowMs, CreatedBy = call.By });
        var (credential, products) = AppForm.ReadCredential(call, form);
        if (form.Fault is { } fault)
            return ManagementAnswers.Bad(fault);
        return await call.Gateway.Consumers.ChangeAsync(async rows =>
        {
            if (await rows.FindDeveloperAsync(call.Path("developer")) is not { } developer)
                return ConsumerAnswers.NoDeveloper(call);
            if (await rows.FindAppAsync(developer.DeveloperId, name) is not null)
                return ManagementAnswers.Refuse(409, "developer.service.AppAlreadyExists", $"{developer.Email} has an app {name} already");
            if (await rows.CountAppsAsync(developer.DeveloperId) >= MostAppsOfDeveloper || await rows.CountAsync("gateway_app") >= MostApps)
                return ManagementAnswers.Refuse(400, "TooMany", $"A developer has at most {MostAppsOfDeveloper} apps, an organization {MostApps}");
            var (made, refusal) = await AddAsync(rows, app with { DeveloperId = developer.DeveloperId }, credential, products);
            if (refusal is not null)
                return refusal;
            await rows.SaveAsync(made!);
            return ManagementAnswers.Json(201, ConsumerAnswers.Describe(made!));
        }, call.Cancellation);
    }

    // As in the original, a change that names products makes another key for them; POST ?action= approves or revokes.
    private static async Task<IResult> ChangeAsync(ManagementCall call)
    {
        if (call.Query("action") is { } action)
            return Approval.OfAction(action) is { } status
                ? await ChangeAsync(call, (_, app) => Task.FromResult<(DeveloperApp?, IResult)>((app with { Status = status }, ConsumerAnswers.Done())))
                : ManagementAnswers.Bad($"action is '{action}'; it is approve or revoke");
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        var form = new EntityForm(AppForm.Flatten(body));
        var (credential, products) = AppForm.ReadCredential(call, form);
        return await ChangeAsync(call, async (rows, app) =>
        {
            var changed = AppForm.Read(call, form, app);
            if (form.Fault is { } fault)
                return (null, ManagementAnswers.Bad(fault));
            if (products.Length == 0)
                return (changed, ManagementAnswers.Ok(ConsumerAnswers.Describe(changed)));
            var (made, refusal) = await AddAsync(rows, changed, credential, products);
            return (made, refusal ?? ManagementAnswers.Ok(ConsumerAnswers.Describe(made!)));
        });
    }

    private static Task<IResult> DeleteAsync(ManagementCall call) => ChangeAsync(call, async (rows, app) =>
    {
        await rows.RemoveAppAsync(app.AppId);
        return (null, ManagementAnswers.Ok(ConsumerAnswers.Describe(app)));
    });

    private static (EntityAttribute[]?, IResult?) FindAttributes(ManagementCall call)
    {
        var (app, refusal) = Find(call);
        return (app?.Attributes, refusal);
    }

    private static async Task<IResult?> SaveAttributesAsync(ManagementCall call, Func<EntityAttribute[], EntityAttribute[]> edit)
    {
        var saved = false;
        var answer = await ChangeAsync(call, (_, app) =>
        {
            saved = true;
            return Task.FromResult<(DeveloperApp?, IResult)>((app with { Attributes = edit(app.Attributes) }, ConsumerAnswers.Done()));
        });
        return saved ? null : answer;
    }
}
