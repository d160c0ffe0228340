using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Gateway;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.OpenApi;

/// <summary>The document of the gateway's management API against the running program: every operation asked, every example sent.</summary>
public sealed partial class GatewayDocumentTests
{
    // What other examples need is made first; whatever else has a JSON body follows, as the document has it.
    private static readonly string[] First = ["createKeystore", "createAlias", "createProduct", "createDeveloper", "createApp", "createGivenKey"];

    // An app's id is not in an example; files and requests that are recorded have tests of their own.
    private static readonly string[] NotMade = ["getAppById", "getResourceFile", "getDebugTransaction"];

    // What stands for a parameter: by the part of the path before it, else by its own name.
    private static readonly Dictionary<string, string> Named = new(StringComparer.Ordinal)
    {
        ["env"] = "production",
        ["apis"] = "weather",
        ["sharedflows"] = "headers",
        ["revision"] = "1",
        ["caches"] = "pages",
        ["targetservers"] = "one",
        ["references"] = "current",
        ["store"] = "own",
        ["alias"] = "own",
        ["map"] = "urls",
        ["entry"] = "de",
        ["hook"] = "PreProxyFlowHook",
        ["session"] = "look",
        ["developer"] = "jane@example.com",
        ["app"] = "web",
        ["key"] = "my-key",
        ["product"] = "gold",
        ["attribute"] = "colour",
        ["type"] = "properties",
    };

    private static ApiDescription Description => ApiDescription.Of(GatewayModule.Description);

    /// <summary>What wants a caller: all but the document.</summary>
    private static IEnumerable<ApiOperation> Asked => Description.Operations.Where(one => !one.Content.TryGetProperty("security", out _));

    [Fact]
    public void An_answer_under_each_spelling_is_held_against_the_document()
    {
        using var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("""[1]""", null, "application/json") };

        Assert.All(["/v1/organizations/a/environments/b/caches", "/v1/o/a/e/b/caches", "/v1/organizations/a/e/b/caches/", "/v1/o/a/environments/b/caches"], path =>
            Assert.Contains("listCaches", ApiDescription.FaultOf("GET", path, answer, "[1]"), StringComparison.Ordinal));
        Assert.Equal(("clearCache", "clearCacheEntry"), (ApiDescription.Find("POST", "/v1/o/a/e/b/caches/c/entries")?.Id, ApiDescription.Find("POST", "/v1/o/a/e/b/caches/c/entries/d/e")?.Id));
        Assert.Null(ApiDescription.Find("GET", "/v1/o/a/f/b/caches"));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 3.7")]
    public async Task Every_operation_answers_as_described_whoever_asks(StoreKind kind)
    {
        await using var desk = await GatewayDesk.OpenAsync(kind, "Access:RefusalsPerMinute=1000");
        using var access = await AccessDesk.OpenAsync(desk.House);
        using var nobody = new HttpClient(new DescribedAnswers()) { BaseAddress = new Uri(desk.House.Address) };
        using var plain = new HttpClient(new DescribedAnswers()) { BaseAddress = nobody.BaseAddress };
        plain.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await access.GrantAsync(await access.AddClientAsync("""{"name":"plain"}"""))).AccessToken());

        foreach (var operation in Asked)
        {
            var path = PathParameter().Replace(operation.Path, match => match.Groups[1].Value switch { "org" => desk.House.TenantId, "env" => "production", _ => "999" });
            var elsewhere = path.Replace($"/{desk.House.TenantId}", "/elsewhere", StringComparison.Ordinal);

            Assert.Equal((operation.Id, HttpStatusCode.Unauthorized), (operation.Id, (await SendAsync(nobody, operation, path)).Status));
            Assert.Equal((operation.Id, HttpStatusCode.Forbidden), (operation.Id, (await SendAsync(plain, operation, path)).Status));
            Assert.NotEqual((operation.Id, HttpStatusCode.InternalServerError), (operation.Id, (await SendAsync(desk.Management, operation, path)).Status));
            if (elsewhere != path)
                Assert.Equal((operation.Id, HttpStatusCode.NotFound), (operation.Id, (await SendAsync(desk.Management, operation, elsewhere)).Status));
        }
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 2.4", "gateway 3.7")]
    public async Task Every_body_that_is_an_example_does_what_its_operation_promises(StoreKind kind)
    {
        await using var desk = await GatewayDesk.OpenAsync(kind);
        await desk.DeployAsync("weather", BundleText.Proxy("/weather", null));
        await desk.DeployAsync("headers", BundleText.SharedFlow(""), "sharedflows");
        var all = Description.Operations.Where(one => one.Bodies.Any(media => media.Name == "application/json")).ToList();

        foreach (var operation in First.Select(id => all.Single(one => one.Id == id)).Concat(all.Where(one => !First.Contains(one.Id))))
        {
            var path = PathOf(desk, operation) + (operation.Id == "createAlias" ? "?format=selfsignedcert" : "");
            var (status, text) = await SendAsync(desk.Management, operation, path);

            var promised = operation.Content.GetProperty("responses").EnumerateObject().First().Name;
            Assert.True($"{(int)status}" == promised, $"{operation.Id} {path}: {(int)status} {text}");
        }
        foreach (var operation in Asked.Where(one => one.Method == "GET" && !NotMade.Contains(one.Id)))
        {
            var (status, text) = await SendAsync(desk.Management, operation, PathOf(desk, operation));

            Assert.True(status == HttpStatusCode.OK, $"{operation.Id}: {(int)status} {text}");
        }
    }

    [Theory]
    [InlineData("GET", "nothing", HttpStatusCode.NotFound, "NotFound")]
    [InlineData("PATCH", "developers", HttpStatusCode.MethodNotAllowed, "MethodNotAllowed")]
    [Contract("gateway 3.7")]
    public async Task What_is_not_in_the_document_is_refused_in_its_words(string method, string path, HttpStatusCode expected, string code)
    {
        await using var desk = await GatewayDesk.OpenAsync();

        var (status, body) = await desk.ManageAsync(method, path);

        Assert.Equal((expected, code, 0), (status, body!["code"]!.GetValue<string>(), body["contexts"]!.AsArray().Count));
    }

    [Theory]
    [InlineData("developers", """{"email":"jane@example.com","firstName":"\ud800"}""")]
    [InlineData("developers", """{"email":"jane@example.com","\udc00":"a"}""")]
    [InlineData("developers", "{\"email\":\"\u00ff@example.com\"}")]
    [InlineData("environments/production/caches", """{"name":"pages","description":"\ud800"}""")]
    [InlineData("environments/production/caches", """{"name":"pages","expirySettings":"soon"}""")]
    [InlineData("environments/production/targetservers", """{"name":"one","host":"one.example.com","isEnabled":"perhaps"}""")]
    [InlineData("environments/production/targetservers", """{"name":"one","host":"one.example.com","sSLInfo":true}""")]
    [InlineData("environments/production/apis/weather/revisions/1/debugsessions", """{"name":"look","filter":["request.verb"]}""")]
    [Contract("gateway 3.7")]
    public async Task A_body_with_a_member_that_cannot_be_used_is_refused_and_changes_nothing(string path, string body)
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("weather", BundleText.Proxy("/weather", null));
        var before = (await desk.ManageAsync("GET", path)).Body!.ToJsonString();

        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body)); // what is beyond ASCII is no UTF-8 then
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await desk.Management.PostAsync(path, content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var refusal = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal("InvalidRequest", refusal["code"]!.GetValue<string>());
        Assert.Equal(before, (await desk.ManageAsync("GET", path)).Body!.ToJsonString());
    }

    private static string PathOf(GatewayDesk desk, ApiOperation operation) => PathParameter().Replace(operation.Path, match =>
    {
        var family = operation.Path[..match.Index].TrimEnd('/').Split('/')[^1];
        return match.Groups[1].Value is "org" ? desk.House.TenantId : Named.TryGetValue(family, out var ofFamily) ? ofFamily : Named[match.Groups[1].Value];
    });

    private static async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpClient http, ApiOperation operation, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), path);
        if (operation.Bodies.FirstOrDefault() is { Value.ValueKind: JsonValueKind.Object } media)
        {
            var example = media.Value.GetProperty("example");
            request.Content = new StringContent(example.ValueKind == JsonValueKind.String ? example.GetString()! : example.GetRawText(), Encoding.UTF8);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(media.Name);
        }
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [GeneratedRegex(@"\{([^}]+)\}", RegexOptions.NonBacktracking)]
    private static partial Regex PathParameter();
}
