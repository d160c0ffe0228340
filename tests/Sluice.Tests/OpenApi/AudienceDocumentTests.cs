using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Audience;
using Sluice.Tests.Audience;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.OpenApi;

/// <summary>The document of the Audience door against the running program: every operation asked, every example sent, every member compared.</summary>
public sealed partial class AudienceDocumentTests
{
    // What the examples call by these ids is made by these operations, in this order.
    private static readonly (string Operation, string Member, long Id)[] Made =
    [
        ("createDataSource", "dataSourceId", 41), ("createMergeRule", "mergeRuleDataSourceId", 31), ("createTraitFolder", "folderId", 0), ("createSegmentFolder", "folderId", 0), ("createTrait", "sid", 51),
        ("createSegment", "sid", 61), ("createDestination", "destinationId", 71), ("createMapping", "mappingId", 81),
        ("createDerivedSignal", "derivedSignalId", 3), ("createPartnerSite", "siteId", 6), ("createTraitType", "pixelType", 200),
        ("createModel", "algoModelId", 5), ("createUser", "userId", 9), ("createGroup", "groupId", 4), ("createChangeWebhook", "id", 0),
    ];

    // The caller of these tests is a client, which has no password of its own; a configuration brings its own ids; the destination made here takes no messages;
    // profiles are made by events.
    private static readonly string[] NotSent =
        ["updateOwnPassword", "importConfiguration", "replaceConfiguration", "changeMany", "redeliverDeadLetters", "createBackfill", "getEntities", "explainRule"];

    private static ApiDescription Description => ApiDescription.Of(AudienceModule.Description);

    [Fact]
    public void An_answer_under_each_alias_is_held_against_the_document()
    {
        using var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("""[{"sid":"1"}]""", null, "application/json") };

        Assert.All(["/v1/traits/", "/v1/traits", "/api/v1/traits", "/portal/api/v1/traits/"], path =>
            Assert.Contains("listTraits", ApiDescription.FaultOf("GET", path, answer, """[{"sid":"1"}]"""), StringComparison.Ordinal));
        Assert.Null(ApiDescription.Find("GET", "/api/openapi/audience.json"));
        Assert.Equal("getSelf", ApiDescription.Find("GET", "/v1/users/self")?.Id);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Every_operation_answers_as_described_whoever_asks(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind, "Access:RefusalsPerMinute=1000");
        using var nobody = new ApiClient(desk.House.Address, null);
        using var plain = await desk.AddMemberAsync("");

        foreach (var operation in Description.Operations.Where(one => !one.Content.TryGetProperty("security", out _)))
        {
            var path = PathParameter().Replace(operation.Path, match => match.Groups[1].Value switch { "type" => "TRAIT", "email" => "ada@example.com", "name" => "trait", _ => "999999" });
            var body = operation.Bodies.Select(one => one.Value.GetProperty("example").GetRawText()).FirstOrDefault();

            await plain.SendAsync(new HttpMethod(operation.Method), path, body);
            await desk.Admin.SendAsync(new HttpMethod(operation.Method), path, body);
            var elsewhere = await desk.Admin.SendAsync(new HttpMethod(operation.Method), path, body, ("x-sandbox-name", "nowhere"));
            var stranger = await nobody.SendAsync(new HttpMethod(operation.Method), path, body);
            Assert.Equal((operation.Id, HttpStatusCode.NotFound), (operation.Id, elsewhere.Status));
            var unknown = operation.Path.StartsWith("/data/", StringComparison.Ordinal) ? HttpStatusCode.Forbidden : HttpStatusCode.Unauthorized; // as the platform says it
            Assert.Equal((operation.Id, unknown), (operation.Id, stranger.Status));
        }
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Every_body_that_is_an_example_does_what_its_operation_promises(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var (ids, addresses) = (new Dictionary<long, long>(), new Dictionary<string, long>());
        var bulk = Description.Operations.Single(one => one.Id == "changeMany");
        await SendAsync(desk, bulk, ids, addresses);

        foreach (var (id, member, example) in Made)
        {
            var operation = Description.Operations.Single(one => one.Id == id);
            var made = await SendAsync(desk, operation, ids, addresses);
            addresses[operation.Path] = made.Json[member]!.GetValue<long>();
            if (example != 0)
                ids[example] = addresses[member] = addresses[operation.Path];
            if (example == 41)
                (ids[32], ids[42]) = (await desk.AddMergeRuleAsync(), await desk.AddDataSourceAsync("other"));
            else if (example == 51)
                ids[52] = await desk.AddTraitAsync(ids[41]);
        }
        foreach (var operation in Description.Operations.Where(one =>
            one.Bodies.Any() && !one.Id.StartsWith("delete", StringComparison.Ordinal) && !NotSent.Contains(one.Id) && Made.All(made => made.Operation != one.Id)))
            await SendAsync(desk, operation, ids, addresses);
    }

    [Fact]
    public async Task The_members_of_objects_are_those_of_the_program_with_their_types_and_whether_clients_give_them()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var names = (await desk.Admin.GetAsync("/v1/schemas")).Json.AsArray().Select(one => one!["name"]!.GetValue<string>()).ToList();

        foreach (var name in names.Where(one => !one.EndsWith("Folder", StringComparison.Ordinal))) // folders are answered as trees
        {
            var published = (await desk.Admin.GetAsync("/v1/schemas/" + name)).Json["properties"]!.AsObject();
            var component = Description.Root.GetProperty("components").GetProperty("schemas").GetProperty(char.ToUpperInvariant(name[0]) + name[1..]);
            var described = component.GetProperty("properties").EnumerateObject().ToList();

            Assert.Equal(published.Select(one => one.Key).Append("expressionTree").Distinct().Order(StringComparer.Ordinal),
                described.Select(one => one.Name).Append("expressionTree").Distinct().Order(StringComparer.Ordinal));
            foreach (var (member, schema) in described.Where(one => published.ContainsKey(one.Name)).Select(one => (one.Name, one.Value)))
            {
                var (type, wanted) = (TypeOf(schema), published[member]!["type"] is JsonArray list ? list[0]!.GetValue<string>() : published[member]!["type"]?.GetValue<string>());
                Assert.True(type is null or "null" || wanted is null || type == wanted, $"{name}.{member} is {wanted}, and described as {type}");
            }
        }
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused_in_the_words_of_this_API()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/traits/");
        request.Content = new StringContent($$"""{"name":"{{new string('a', 4 << 20)}}"}""", Encoding.UTF8, "application/json");
        request.Headers.ExpectContinue = true; // the answer comes before the body is sent

        var answer = await desk.Admin.SendAsync(request);

        CatalogueDesk.AssertRefused(answer, HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    private static async Task<ApiAnswer> SendAsync(CatalogueDesk desk, ApiOperation operation, Dictionary<long, long> ids, Dictionary<string, long> addresses)
    {
        var path = operation.Path;
        foreach (var parameter in PathParameter().Matches(path).Select(match => match.Groups[1].Value))
        {
            var family = operation.Path[..operation.Path.IndexOf($"{{{parameter}}}", StringComparison.Ordinal)];
            path = path.Replace($"{{{parameter}}}", $"{(addresses.TryGetValue(family, out var id) ? id : addresses[parameter])}", StringComparison.Ordinal);
        }
        var example = operation.Bodies.First().Value.GetProperty("example").GetRawText();
        var body = ExampleId().Replace(example, match => ids.TryGetValue(long.Parse(match.Value, System.Globalization.CultureInfo.InvariantCulture), out var id) ? $"{id}" : match.Value);
        var answer = await desk.Admin.SendAsync(new HttpMethod(operation.Method), path, body);
        var promised = operation.Content.GetProperty("responses").EnumerateObject().First().Name;
        Assert.True($"{(int)answer.Status}" == promised, $"{operation.Id} {path} {body}: {(int)answer.Status} {answer.Text}");
        return answer;
    }

    private static string? TypeOf(JsonElement schema) =>
        schema.TryGetProperty("type", out var type) ? type.GetString()
        : schema.TryGetProperty("anyOf", out var choices) ? TypeOf(choices[0])
        : null;

    [GeneratedRegex(@"\{([^}]+)\}", RegexOptions.NonBacktracking)]
    private static partial Regex PathParameter();

    // A number by itself, or that of a trait inside a rule.
    [GeneratedRegex(@"(?<![\w.-])\d{1,2}(?=T?\b)", RegexOptions.None, 1_000)]
    private static partial Regex ExampleId();
}
