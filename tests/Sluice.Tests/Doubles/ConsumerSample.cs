using System.Net;
using System.Text.Json.Nodes;

namespace Sluice.Tests.Doubles;

/// <summary>A developer with an app and its key for a product, made over the management API.</summary>
internal static class ConsumerSample
{
    internal const string Jane = "jane@example.com";

    /// <summary>Makes all three; the fields of <paramref name="product"/> and <paramref name="app"/> are added to theirs. Returns the app.</summary>
    internal static async Task<JsonNode> NewAppAsync(this GatewayDesk desk, JsonObject? product = null, JsonObject? app = null)
    {
        await desk.NewProductAsync("gold", product);
        await desk.CreateAsync("developers", new JsonObject
        {
            ["email"] = Jane,
            ["firstName"] = "Jane",
            ["lastName"] = "Doe",
            ["userName"] = "jdoe",
            ["attributes"] = Attributes(("team", "red")),
        });
        return await desk.CreateAsync($"developers/{Jane}/apps", With(new JsonObject { ["name"] = "web", ["apiProducts"] = new JsonArray("gold") }, app));
    }

    internal static Task<JsonNode> NewProductAsync(this GatewayDesk desk, string name, JsonObject? more = null) =>
        desk.CreateAsync("apiproducts", With(new JsonObject { ["name"] = name, ["approvalType"] = "auto" }, more));

    internal static async Task<JsonNode> CreateAsync(this GatewayDesk desk, string path, JsonNode body)
    {
        var (status, made) = await desk.ManageAsync("POST", path, body);
        Assert.True(status == HttpStatusCode.Created, $"{path}: {status} {made?.ToJsonString()}");
        return made!;
    }

    internal static string KeyOf(JsonNode app, int number = 0) => app["credentials"]![number]!["consumerKey"]!.GetValue<string>();

    internal static JsonArray Attributes(params (string Name, string Value)[] all) => new([.. all.Select(one => (JsonNode)new JsonObject { ["name"] = one.Name, ["value"] = one.Value })]);

    /// <summary>The names of an array of names.</summary>
    internal static string[] Names(JsonNode? list) => [.. list!.AsArray().Select(one => one!.GetValue<string>())];

    /// <summary>The error code of a fault's body.</summary>
    internal static string CodeOf(string body) => JsonNode.Parse(body)!["fault"]!["detail"]!["errorcode"]!.GetValue<string>();

    private static JsonObject With(JsonObject body, JsonObject? more)
    {
        foreach (var (name, value) in more ?? [])
            body[name] = value?.DeepClone();
        return body;
    }
}
