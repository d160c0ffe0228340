using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Gateway.Consumers;

namespace Sluice.Gateway.Management;

/// <summary>Developers, apps, keys and products as clients of the management API see them, and what they are told when one is not there.</summary>
internal static class ConsumerAnswers
{
    /// <summary>The most that a list returns at once.</summary>
    internal const int MostListed = 1_000;

    internal static IResult NoDeveloper(ManagementCall call) =>
        ManagementAnswers.Refuse(404, "developer.service.DeveloperDoesNotExist", $"DeveloperId {call.Path("developer")} does not exist in organization {call.Gateway.Organization}");

    internal static IResult NoApp(string name) => ManagementAnswers.Refuse(404, "developer.service.AppDoesNotExist", $"App named {name} does not exist");

    internal static IResult NoKey(string key) => ManagementAnswers.Refuse(404, "keymanagement.service.InvalidClientIdForGivenApp", $"The app has no key {key}");

    internal static IResult NoProduct(string name) => ManagementAnswers.Refuse(404, "keymanagement.service.apiproduct_doesnot_exist", $"ApiProduct {name} does not exist");

    internal static IResult Done() => Results.NoContent();

    internal static JsonObject Describe(ManagementCall call, Developer developer)
    {
        var body = JsonSerializer.SerializeToNode(developer, ConsumerJson.Default.Developer)!.AsObject();
        body["organizationName"] = call.Gateway.Organization;
        body["apps"] = Names(call.Gateway.Consumers.Current.AppsOf(developer.DeveloperId).Keys);
        body["companies"] = new JsonArray();
        return body;
    }

    internal static JsonObject Describe(DeveloperApp app)
    {
        var body = JsonSerializer.SerializeToNode(app, ConsumerJson.Default.DeveloperApp)!.AsObject();
        body["credentials"] = new JsonArray([.. app.Credentials.Select(one => (JsonNode)Describe(one))]);
        return body;
    }

    internal static JsonObject Describe(Credential credential)
    {
        var body = JsonSerializer.SerializeToNode(credential, ConsumerJson.Default.Credential)!.AsObject();
        body["consumerSecret"] = credential.ConsumerSecret;
        return body;
    }

    internal static JsonObject Describe(ApiProduct product) => JsonSerializer.SerializeToNode(product, ConsumerJson.Default.ApiProduct)!.AsObject();

    /// <summary>A list: names, or with <c>?expand=true</c> the whole entities under <paramref name="title"/>; <c>startKey</c> and <c>count</c> choose a page.</summary>
    internal static IResult List<T>(ManagementCall call, IEnumerable<KeyValuePair<string, T>> all, string title, Func<T, JsonObject> describe)
    {
        var count = MostListed;
        if (call.Query("count") is { } wanted && !(int.TryParse(wanted, out count) && count is > 0 and <= MostListed))
            return ManagementAnswers.Bad($"count is '{wanted}'; it is 1 to {MostListed}");
        var page = all.Where(one => call.Query("startKey") is not { } start || string.CompareOrdinal(one.Key, start) >= 0).Take(count);
        return call.Flag("expand")
            ? ManagementAnswers.Ok(new JsonObject { [title] = new JsonArray([.. page.Select(one => (JsonNode)describe(one.Value))]) })
            : ManagementAnswers.Names(page.Select(one => one.Key));
    }

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode)name)]);
}
