using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Gateway.Consumers;

namespace Sluice.Gateway.Management;

/// <summary>The keys of an app: given or made, approved or revoked, and the products each is for (contract gateway.md 3.7).</summary>
internal static class KeyRoutes
{
    private const string Base = AppRoutes.Base + "/keys";
    private const string Key = Base + "/{key}";
    private const string Product = Key + "/apiproducts/{product}";

    internal static void Map(IEndpointRouteBuilder organization)
    {
        organization.On("POST", Base, CreateAsync);
        organization.On("POST", Base + "/create", CreateAsync);
        organization.On("GET", Key, GetAsync);
        organization.On("POST", Key, ChangeAsync);
        organization.On("PUT", Key, ChangeAsync);
        organization.On("DELETE", Key, DeleteAsync);
        organization.On("POST", Product, SwitchProductAsync);
        organization.On("DELETE", Product, RemoveProductAsync);
    }

    private static Task<IResult> GetAsync(ManagementCall call)
    {
        var (app, refusal) = AppRoutes.Find(call);
        return Task.FromResult(refusal ?? (app!.Find(call.Path("key")) is { } key ? ManagementAnswers.Ok(ConsumerAnswers.Describe(key)) : ConsumerAnswers.NoKey(call.Path("key"))));
    }

    private static async Task<IResult> CreateAsync(ManagementCall call)
    {
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        var form = new EntityForm(AppForm.Flatten(body));
        var (credential, products) = AppForm.ReadCredential(call, form);
        if (form.Fault is { } fault)
            return ManagementAnswers.Bad(fault);
        return await AppRoutes.ChangeAsync(call, async (rows, app) =>
        {
            var (made, refusal) = await AppRoutes.AddAsync(rows, app, credential, products);
            return (made, refusal ?? ManagementAnswers.Json(201, ConsumerAnswers.Describe(made!.Find(credential.ConsumerKey)!)));
        });
    }

    // ?action= or a status in the body approves or revokes; a body adds products and replaces scopes and attributes.
    private static async Task<IResult> ChangeAsync(ManagementCall call)
    {
        if (call.Query("action") is { } action)
            return Approval.OfAction(action) is { } wanted
                ? await ChangeKeyAsync(call, (_, key) => Task.FromResult<(Credential?, IResult?)>((key with { Status = wanted }, null)), answersKey: false)
                : ManagementAnswers.Bad($"action is '{action}'; it is approve or revoke");
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        var form = new EntityForm(AppForm.Flatten(body));
        var products = AppForm.ReadProducts(form);
        return await ChangeKeyAsync(call, async (rows, key) =>
        {
            var changed = key with
            {
                Status = form.Word("status", key.Status, Approval.Approved, Approval.Pending, Approval.Revoked),
                Scopes = form.Names("scopes", key.Scopes),
                Attributes = form.Attributes(key.Attributes),
            };
            if (form.Fault is { } fault)
                return (null, ManagementAnswers.Bad(fault));
            var (bound, missing) = await AppForm.BindAsync(rows, changed, products);
            return missing is not null ? (null, ConsumerAnswers.NoProduct(missing))
                : bound.ApiProducts.Length > AppForm.MaxProductsOfKey ? (null, ManagementAnswers.Refuse(400, "TooMany", $"A key is for at most {AppForm.MaxProductsOfKey} products"))
                : (bound, null);
        }, answersKey: true);
    }

    private static Task<IResult> DeleteAsync(ManagementCall call) => AppRoutes.ChangeAsync(call, (_, app) => Task.FromResult<(DeveloperApp?, IResult)>(
        app.Find(call.Path("key")) is { } key
            ? (app with { Credentials = [.. app.Credentials.Where(one => one != key)] }, ManagementAnswers.Ok(ConsumerAnswers.Describe(key)))
            : (null, ConsumerAnswers.NoKey(call.Path("key")))));

    private static Task<IResult> SwitchProductAsync(ManagementCall call)
    {
        if (Approval.OfAction(call.Query("action")) is not { } status)
            return Task.FromResult(ManagementAnswers.Bad($"action is '{call.Query("action")}'; it is approve or revoke"));
        return ChangeProductAsync(call, product => product with { Status = status }, answersKey: false);
    }

    private static Task<IResult> RemoveProductAsync(ManagementCall call) => ChangeProductAsync(call, _ => null, answersKey: true);

    private static Task<IResult> ChangeProductAsync(ManagementCall call, Func<CredentialProduct, CredentialProduct?> edit, bool answersKey) => ChangeKeyAsync(call, (_, key) =>
    {
        var name = call.Path("product");
        return Task.FromResult<(Credential?, IResult?)>(Array.Exists(key.ApiProducts, one => one.Apiproduct == name)
            ? (key with { ApiProducts = [.. key.ApiProducts.Select(one => one.Apiproduct == name ? edit(one) : one).OfType<CredentialProduct>()] }, null)
            : (null, ConsumerAnswers.NoProduct(name)));
    }, answersKey);

    private static Task<IResult> ChangeKeyAsync(ManagementCall call, Func<ConsumerRows, Credential, Task<(Credential? Key, IResult? Refusal)>> edit, bool answersKey) => AppRoutes.ChangeAsync(call, async (rows, app) =>
    {
        if (app.Find(call.Path("key")) is not { } key)
            return (null, ConsumerAnswers.NoKey(call.Path("key")));
        var (changed, refusal) = await edit(rows, key);
        return changed is null ? (null, refusal!) : (app.With(changed), answersKey ? ManagementAnswers.Ok(ConsumerAnswers.Describe(changed)) : ConsumerAnswers.Done());
    });
}
