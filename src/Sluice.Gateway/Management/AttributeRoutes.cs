using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Gateway.Consumers;

namespace Sluice.Gateway.Management;

/// <summary>The custom attributes of a developer, app or product, all or one by one (contract gateway.md 3.7).</summary>
/// <param name="path">The owner's path.</param>
/// <param name="find">The owner's attributes; null with the answer when there is no such owner.</param>
/// <param name="save">Keeps others in their place; the answer when that was refused.</param>
internal sealed class AttributeRoutes(
    string path, Func<ManagementCall, (EntityAttribute[]? Attributes, IResult? Refusal)> find, Func<ManagementCall, Func<EntityAttribute[], EntityAttribute[]>, Task<IResult?>> save)
{
    internal void Map(IEndpointRouteBuilder organization)
    {
        organization.On("GET", path + "/attributes", ListAsync);
        organization.On("POST", path + "/attributes", ReplaceAsync);
        organization.On("GET", path + "/attributes/{attribute}", GetAsync);
        organization.On("POST", path + "/attributes/{attribute}", SetAsync);
        organization.On("PUT", path + "/attributes/{attribute}", SetAsync);
        organization.On("DELETE", path + "/attributes/{attribute}", DeleteAsync);
    }

    private Task<IResult> ListAsync(ManagementCall call) => Task.FromResult(find(call) is (var found, var refusal) && found is null ? refusal! : Answer(found));

    private Task<IResult> GetAsync(ManagementCall call)
    {
        var (found, refusal) = find(call);
        return Task.FromResult(refusal ?? (Find(found!, call.Path("attribute")) is { } one ? ManagementAnswers.Ok(Describe(one)) : Missing(call)));
    }

    private async Task<IResult> ReplaceAsync(ManagementCall call)
    {
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        var form = new EntityForm(body);
        var attributes = form.Attributes(field: body["attribute"] is null ? "attributes" : "attribute");
        return form.Fault is { } fault ? ManagementAnswers.Bad(fault) : await save(call, _ => attributes) ?? Answer(attributes);
    }

    private async Task<IResult> SetAsync(ManagementCall call)
    {
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        var form = new EntityForm(body);
        var one = new EntityAttribute(call.Path("attribute"), form.Text("value"));
        var (found, refusal) = find(call);
        if (form.Fault is null && found is not null && Find(found, one.Name) is null && found.Length >= EntityForm.MaxAttributes)
            form.Refuse($"There are {found.Length} attributes already");
        if (one.Name.Length > EntityForm.MaxTextCharacters)
            form.Refuse($"An attribute's name has at most {EntityForm.MaxTextCharacters} characters");
        return form.Fault is { } fault ? ManagementAnswers.Bad(fault)
            : refusal ?? await save(call, all => [.. all.Where(other => other.Name != one.Name), one]) ?? ManagementAnswers.Ok(Describe(one));
    }

    private async Task<IResult> DeleteAsync(ManagementCall call)
    {
        var (found, refusal) = find(call);
        if (refusal is not null)
            return refusal;
        return Find(found!, call.Path("attribute")) is { } one
            ? await save(call, all => [.. all.Where(other => other.Name != one.Name)]) ?? ManagementAnswers.Ok(Describe(one))
            : Missing(call);
    }

    private static EntityAttribute? Find(EntityAttribute[] all, string name) => Array.Find(all, one => one.Name == name);

    private static IResult Missing(ManagementCall call) => ManagementAnswers.Refuse(404, "organizations.AttributeDoesntExist", $"There is no attribute {call.Path("attribute")}");

    private static IResult Answer(EntityAttribute[] all) => ManagementAnswers.Ok(new JsonObject { ["attribute"] = new JsonArray([.. all.Select(one => (JsonNode)Describe(one))]) });

    private static JsonObject Describe(EntityAttribute one) => new() { ["name"] = one.Name, ["value"] = one.Value };
}
