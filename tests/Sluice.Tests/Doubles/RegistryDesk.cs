using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Tests.Doubles;

/// <summary>A house and a signed-in client at the desk of its schema registry.</summary>
public sealed class RegistryDesk : IDisposable
{
    public const string Base = "/data/foundation/schemaregistry";
    public const string Events = "https://ns.adobe.com/xdm/context/experienceevent";
    public const string Profiles = "https://ns.adobe.com/xdm/context/profile";
    public const string Commerce = "https://ns.adobe.com/xdm/context/experienceevent-commerce";
    public const string Environment = "https://ns.adobe.com/xdm/context/experienceevent-environment-details";
    public const string PersonalDetails = "https://ns.adobe.com/xdm/context/profile-personal-details";

    /// <summary>For bodies of many levels.</summary>
    public static readonly JsonSerializerOptions Deep = new() { MaxDepth = 500 };

    private RegistryDesk(TestHouse house, ApiClient api)
    {
        House = house;
        Api = api;
    }

    public TestHouse House { get; }

    public ApiClient Api { get; }

    /// <summary>The one field name under which custom fields stand.</summary>
    public string TenantRoot => "_" + House.TenantId;

    public static async Task<RegistryDesk> OpenAsync(TestHouse house) => new(house, await house.SignInAsync());

    /// <summary>Creates a resource and returns its <c>$id</c>; anything but 201 fails the test.</summary>
    public async Task<string> CreateAsync(string type, JsonNode body)
    {
        var created = await Api.PostTextAsync($"{Base}/tenant/{type}", body.ToJsonString(Deep));
        Assert.True(created.Status == HttpStatusCode.Created, created.Text);
        return created.Json[type == "descriptors" ? "@id" : "$id"]!.GetValue<string>();
    }

    /// <summary>A schema of a class and field groups.</summary>
    public Task<string> ComposeAsync(string title, params string[] parts) => CreateAsync("schemas", Composed(title, parts));

    public static JsonObject Composed(string title, params string[] parts) => new()
    {
        ["title"] = title,
        ["type"] = "object",
        ["allOf"] = new JsonArray([.. parts.Select(part => (JsonNode)new JsonObject { ["$ref"] = part })]),
    };

    /// <summary>A field group for events, or for the class given, whose custom fields these are.</summary>
    public JsonObject Group(string title, string fields, string @class = Events) => Group(title, JsonNode.Parse(fields)!, @class);

    public JsonObject Group(string title, JsonNode fields, string @class = Events) => new()
    {
        ["title"] = title,
        ["type"] = "object",
        ["meta:intendedToExtend"] = new JsonArray(@class),
        ["definitions"] = new JsonObject
        {
            ["custom"] = new JsonObject
            {
                ["properties"] = new JsonObject
                {
                    [TenantRoot] = new JsonObject { ["type"] = "object", ["properties"] = fields },
                },
            },
        },
        ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = "#/definitions/custom" }),
    };

    public static string PathOf(string type, string id) => $"{Base}/tenant/{type}/{Uri.EscapeDataString(id)}";

    public Task<ApiAnswer> PatchAsync(string type, string id, string patch, params (string Name, string Value)[] headers) =>
        Api.SendAsync(HttpMethod.Patch, PathOf(type, id), patch, headers);

    public Task<ApiAnswer> DeleteAsync(string type, string id) => Api.SendAsync(HttpMethod.Delete, PathOf(type, id), null);

    /// <summary>Reads a resource as the platform's clients do.</summary>
    public Task<ApiAnswer> LookUpAsync(string path, string form = "xed") =>
        Api.GetAsync(path, ("Accept", $"application/vnd.adobe.{form}+json; version=1"));

    public static string CodeOf(ApiAnswer answer) => answer.Json["type"]!.GetValue<string>().Split('/')[^1];

    public static string DetailOf(ApiAnswer answer) => answer.Json["detail"]!.GetValue<string>();

    /// <summary>Fails the test unless the answer is this refusal, in the registry's shape, and names all of these.</summary>
    public static void AssertRefused(ApiAnswer answer, string code, params string[] named)
    {
        Assert.True(answer.Body?["type"] is not null, answer.Text);
        Assert.Equal(code, CodeOf(answer));
        Assert.Equal(code[^3..], ((int)answer.Status).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal((int)answer.Status, answer.Json["status"]!.GetValue<int>());
        Assert.NotNull(answer.Json["report"]!["registryRequestId"]);
        Assert.All(named, name => Assert.Contains(name, DetailOf(answer), StringComparison.Ordinal));
    }

    public void Dispose() => Api.Dispose();
}
