using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Gateway.Consumers;

namespace Sluice.Gateway.Management;

/// <summary>API products: create, list, read, change, and delete once no credential is for them (contract gateway.md 3.7).</summary>
internal static class ProductRoutes
{
    private const int MostProducts = 10_000;

    internal static void Map(IEndpointRouteBuilder organization)
    {
        organization.On("GET", "/apiproducts", ListAsync);
        organization.On("POST", "/apiproducts", CreateAsync);
        organization.On("GET", "/apiproducts/{product}", GetAsync);
        organization.On("PUT", "/apiproducts/{product}", ChangeAsync);
        organization.On("POST", "/apiproducts/{product}", ChangeAsync);
        organization.On("DELETE", "/apiproducts/{product}", DeleteAsync);
        new AttributeRoutes("/apiproducts/{product}", FindAttributes, SaveAttributesAsync).Map(organization);
    }

    private static Task<IResult> ListAsync(ManagementCall call) =>
        Task.FromResult(ConsumerAnswers.List(call, call.Gateway.Consumers.Current.Products, "apiProduct", one => ConsumerAnswers.Describe(one.Product)));

    private static Task<IResult> GetAsync(ManagementCall call) => Task.FromResult(
        call.Gateway.Consumers.Current.Products.GetValueOrDefault(call.Path("product")) is { } found ? ManagementAnswers.Ok(ConsumerAnswers.Describe(found.Product)) : ConsumerAnswers.NoProduct(call.Path("product")));

    private static async Task<IResult> CreateAsync(ManagementCall call)
    {
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        var form = new EntityForm(body);
        var name = form.Name("name", "An API product");
        var product = Read(call, form, new ApiProduct { Name = name, CreatedAt = call.NowMs, CreatedBy = call.By }, body["operationGroup"]);
        if (form.Fault is { } fault)
            return ManagementAnswers.Bad(fault);
        return await call.Gateway.Consumers.ChangeAsync(async rows =>
        {
            if (await rows.FindProductAsync(name) is not null)
                return ManagementAnswers.Refuse(409, "keymanagement.service.apiproduct_already_exists", $"There is an API product {name} already");
            if (await rows.CountAsync("gateway_product") >= MostProducts)
                return ManagementAnswers.Refuse(400, "TooMany", $"There are {MostProducts} API products already");
            await rows.SaveAsync(product);
            return ManagementAnswers.Json(201, ConsumerAnswers.Describe(product));
        }, call.Cancellation);
    }

    private static async Task<IResult> ChangeAsync(ManagementCall call)
    {
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        return await call.Gateway.Consumers.ChangeAsync(async rows =>
        {
            if (await rows.FindProductAsync(call.Path("product")) is not { } before)
                return ConsumerAnswers.NoProduct(call.Path("product"));
            var form = new EntityForm(body);
            var changed = Read(call, form, before, body["operationGroup"]);
            if (form.Fault is { } fault)
                return ManagementAnswers.Bad(fault);
            await rows.SaveAsync(changed);
            return ManagementAnswers.Ok(ConsumerAnswers.Describe(changed));
        }, call.Cancellation);
    }

    private static Task<IResult> DeleteAsync(ManagementCall call) => call.Gateway.Consumers.ChangeAsync(async rows =>
    {
        var name = call.Path("product");
        if (await rows.FindProductAsync(name) is not { } product)
            return ConsumerAnswers.NoProduct(name);
        if (await rows.CountUsersAsync(name) is > 0 and var users)
            return ManagementAnswers.Refuse(409, "keymanagement.service.apiproduct_in_use", $"{users} credentials are for {name}; take it from them first");
        await rows.RemoveProductAsync(name);
        return ManagementAnswers.Ok(ConsumerAnswers.Describe(product));
    }, call.Cancellation);

    private static ApiProduct Read(ManagementCall call, EntityForm form, ApiProduct before, System.Text.Json.Nodes.JsonNode? group)
    {
        var operations = group is null ? before.OperationGroup : JsonSerializer.SerializeToElement(group);
        if (group is not null && ProductAccess.FaultOf(operations!.Value) is { } fault)
            form.Refuse(fault);
        if (form.Has("quota"))
            form.Number("quota", 0, long.MaxValue);
        if (form.Has("quotaInterval"))
            form.Number("quotaInterval", 1, int.MaxValue);
        return before with
        {
            DisplayName = form.Text("displayName", before.DisplayName.Length > 0 ? before.DisplayName : before.Name),
            Description = form.Text("description", before.Description),
            ApprovalType = form.Word("approvalType", before.ApprovalType, ApiProduct.Automatic, ApiProduct.Manual),
            Proxies = form.Names("proxies", before.Proxies),
            Environments = form.Names("environments", before.Environments),
            ApiResources = form.Names("apiResources", before.ApiResources),
            OperationGroup = operations,
            Quota = form.OptionalText("quota") ?? before.Quota,
            QuotaInterval = form.OptionalText("quotaInterval") ?? before.QuotaInterval,
            QuotaTimeUnit = form.Has("quotaTimeUnit") ? form.Word("quotaTimeUnit", "", "second", "minute", "hour", "day", "week", "month") : before.QuotaTimeUnit,
            Scopes = form.Names("scopes", before.Scopes),
            Attributes = form.Attributes(before.Attributes),
            LastModifiedAt = call.NowMs,
            LastModifiedBy = call.By,
        };
    }

    private static (EntityAttribute[]?, IResult?) FindAttributes(ManagementCall call) =>
        call.Gateway.Consumers.Current.Products.GetValueOrDefault(call.Path("product")) is { } found ? (found.Product.Attributes, null) : (null, ConsumerAnswers.NoProduct(call.Path("product")));

    private static Task<IResult?> SaveAttributesAsync(ManagementCall call, Func<EntityAttribute[], EntityAttribute[]> edit) => call.Gateway.Consumers.ChangeAsync(async rows =>
    {
        if (await rows.FindProductAsync(call.Path("product")) is not { } product)
            return ConsumerAnswers.NoProduct(call.Path("product"));
        await rows.SaveAsync(product with { Attributes = edit(product.Attributes), LastModifiedAt = call.NowMs, LastModifiedBy = call.By });
        return null;
    }, call.Cancellation);
}
