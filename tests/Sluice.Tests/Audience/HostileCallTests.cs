using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>Whatever a client sends: it is never a fault of the server, and what is refused changes nothing (contract audience.md 1.4).</summary>
[Contract("audience 1.4")]
public sealed class HostileCallTests(StockedDesk stock) : IClassFixture<StockedDesk>
{
    private static readonly string[] Values =
    [
        "null", "true", "[]", "{}", "[[[]]]", "-1", "0", "1e400", "1.5", "9223372036854775808", "-9223372036854775808", "\"\"", "\" \"", "\"x\"", "\"1\"", "\"\\u0000\"", "\"\\ud800\"",
        "\"\\udc00\\ud800\"", "[\"\\ud800\"]", "[1,null,\"x\",{}]", "{\"a\":{\"a\":{}}}", "{\"\\ud800\":1}", "\"é😀\\u200b\"", "\"2026-02-30\"", "\"%ALIAS%\"",
    ];

    private static readonly string[] Segments =
    [
        "traits", "segments", "datasources", "destinations", "folders", "models", "signals", "derived", "mappings", "bulk-delete", "validate", "limits", "test", "groups", "users", "self",
        "permissions", "ic:", "ic:t-1", "ic:%00", "ic:%2F", "%", "%zz", "%E2%80%8B", "1,2,3", ",", "1,", "-1", "0", "9223372036854775807", "9223372036854775808", "..", "%2e%2e", ";a=b", "trait-rule",
        "versions", "history", "inbound", "taxonomies", "configuration", "bulk", "schemas", "trait", "partner-sites", "customer-trait-types", "%FF%FE", "a%00b", "limits%20",
    ];

    private static readonly string[] Parameters =
    [
        "page", "pageSize", "sortBy", "descending", "search", "folderId", "permission", "permissions", "includePermissions", "includeMetrics", "includeExprTree", "dataSourceId", "restrictType",
        "containsTrait", "containsSegment", "updatedSince", "status", "integrationCode", "ic", "type", "startDate", "endDate", "includeMappings", "mergeRuleDataSourceId", "groupId", "excludeRule",
    ];

    private static readonly string[] ParameterValues =
    [
        "", "0", "1", "-1", "x", "true", "9223372036854775807", "-9223372036854775808", "99999999999999999999", "%00", "%FF", "%ED%A0%80", "%zz", "a,b,,", "1,2", "sid", "name", "READ", "traits",
        "hiddenTraits", "expressionTree", "%22", "1e5", "+", "%E2%80%8B", "permissions",
    ];

    private static readonly string[] Pieces = ["(", ")", "1T", "T", " AND ", " OR ", " NOT ", "frequency([", "] <= 5D)", ">= 1", "a==1", "\"", "==", "matchesregex \"(\"", "é", "\0", "\uD83D", "'", "-5D"];

    [Fact]
    public async Task Two_thousand_random_bodies_are_no_fault_of_ours_and_change_nothing_where_they_are_refused()
    {
        var random = new Random(20_26);
        var tally = new int[6];
        var before = await StateAsync();
        for (var round = 0; round < 2_000; round++)
        {
            var (verb, path, valid) = Target(random);
            using var request = new HttpRequestMessage(verb, path) { Content = new ByteArrayContent(Break(valid, random)) };
            request.Content.Headers.ContentType = new("application/json");
            var answer = await Client.SendAsync(request);

            var place = $"{round}: {verb} {path} {Encoding.UTF8.GetString(await request.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken))}: {answer.Text}";
            Assert.True((int)answer.Status < 500, place);
            tally[(int)answer.Status / 100]++;
            if ((int)answer.Status >= 400)
                Assert.True(answer.Body?["message"] is not null && answer.Body["childMessages"] is JsonArray, place);
            else
                before = await StateAsync();
            if (round % 20 == 0)
                Assert.Equal(before, await StateAsync());
        }
        Assert.Equal(before, await StateAsync());
        Assert.True(tally[2] > 50 && tally[4] > 500, string.Join(' ', tally));
    }

    [Fact]
    public async Task Two_thousand_random_paths_and_queries_are_no_fault_of_ours()
    {
        var random = new Random(7);
        var found = 0;
        for (var round = 0; round < 2_000; round++)
        {
            var path = "/v1/" + string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Segments[random.Next(random.Next(2) == 0 ? 8 : Segments.Length)]))
                + "?" + string.Join('&', Enumerable.Range(0, random.Next(4)).Select(_ => $"{Parameters[random.Next(Parameters.Length)]}={ParameterValues[random.Next(ParameterValues.Length)]}"));
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(stock.Desk.House.Address + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
            using var response = await Client.Http.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

            Assert.True((int)response.StatusCode < 500, $"{round}: GET {path}: {(int)response.StatusCode} {text}");
            found += response.StatusCode == HttpStatusCode.OK ? 1 : 0;
            Assert.True(text.Length == 0 || JsonNode.Parse(text) is not null, path);
        }
        Assert.InRange(found, 100, 2_000);
    }

    [Theory]
    [InlineData("/v1/traits/validate", "code")]
    [InlineData("/v1/traits/test", "code")]
    [InlineData("/v1/segments/validate", "rule")]
    [Contract("audience V1")]
    public async Task Random_rules_are_read_or_refused_with_their_place(string path, string member)
    {
        var random = new Random(path.Length);
        var read = 0;
        for (var round = 0; round < 700; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            var answer = await Client.PostTextAsync(path, new JsonObject { [member] = text }.ToJsonString());

            Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{text}: {answer.Text}");
            if (answer.Status == HttpStatusCode.OK)
                read++;
            else if ((string)answer.Json["code"]! == "invalid_expression")
                Assert.All(answer.Json["childMessages"]!.AsArray(), line => Assert.Matches(@"^line \d+, column \d+: .", (string)line!));
        }
        Assert.InRange(read, path == "/v1/segments/validate" ? 0 : 5, 699);
    }

    private ApiClient Client => stock.Desk.Admin;

    private (HttpMethod Verb, string Path, string Valid) Target(Random random)
    {
        var (source, trait, segment) = (stock.Sources[0], stock.Traits[random.Next(12)], stock.Segments[random.Next(12)]);
        return random.Next(10) switch
        {
            0 => (HttpMethod.Post, "/v1/datasources/", """{"name":"FUZZ","idType":"COOKIE","dataExportRestrictions":["PII"],"containerIds":[1],"samplingEnabled":true,"marketingCloudVisitorIdVersion":1}"""),
            1 => (HttpMethod.Put, $"/v1/datasources/{source}", """{"name":"FUZZ","integrationCode":"c","customerProfileDataRetention":2592000,"authenticatedProfileName":"a"}"""),
            2 => (HttpMethod.Post, "/v1/traits/", $$"""{"name":"FUZZ","traitType":"RULE_BASED_TRAIT","dataSourceId":{{source}},"folderId":0,"traitRule":"a==1","ttl":3,"type":0,"categoryId":0}"""),
            3 => (HttpMethod.Put, $"/v1/traits/{trait}", $$"""{"sid":{{trait}},"name":"FUZZ","traitRule":"a==2","status":"ACTIVE","algoModelId":null,"folderId":0}"""),
            4 => (HttpMethod.Post, "/v1/segments/", $$"""{"name":"FUZZ","segmentRule":"{{trait}}T","dataSourceId":{{source}},"folderId":0,"mergeRuleDataSourceId":{{stock.MergeRule}},"startTime":5}"""),
            5 => (HttpMethod.Put, $"/v1/segments/{segment}", $$"""{"name":"FUZZ","segmentRule":"{{trait}}T","status":"INACTIVE"}"""),
            6 => (HttpMethod.Post, "/v1/folders/traits/", $$"""{"name":"FUZZ {{random.Next()}}","parentFolderId":{{stock.TraitFolders[1]}}}"""),
            7 => (HttpMethod.Put, $"/v1/folders/segments/{stock.SegmentFolders[1]}", $$"""{"name":"FUZZ","parentFolderId":{{stock.SegmentFolders[0]}},"subFolders":[]}"""),
            8 => (HttpMethod.Post, random.Next(2) == 0 ? "/v1/traits/bulk-delete" : "/v1/segments/bulk-merge-rule-replace",
                $$"""{"existingMergeRuleDataSourceId":{{stock.MergeRule}},"replaceWithMergeRuleDataSourceId":{{stock.MergeRule}},"FUZZ":1}"""),
            _ => (HttpMethod.Post, "/v1/traits/test", """{"code":"a==1","url":"https://x.example/event?a=1&FUZZ=2","headers":{"user-agent":"x"}}"""),
        };
    }

    // One member exchanged, doubled, or the text itself broken.
    private static byte[] Break(string valid, Random random)
    {
        var body = JsonNode.Parse(valid)!.AsObject();
        var name = body.ElementAt(random.Next(body.Count)).Key;
        var bytes = Encoding.UTF8.GetBytes(valid);
        switch (random.Next(8))
        {
            case 0: return bytes[..random.Next(bytes.Length)];
            case 1: bytes[random.Next(bytes.Length)] = (byte)random.Next(256); return bytes;
            case 2: return Encoding.UTF8.GetBytes(valid.Insert(1, $"\"{name}\":{Values[random.Next(Values.Length)]},"));
            case 3: return Encoding.UTF8.GetBytes($"{{\"\\ud800\":1,{valid[1..]}");
            case 4: return bytes;
            default:
                body[name] = "REPLACE-ME";
                return Encoding.UTF8.GetBytes(body.ToJsonString().Replace("\"REPLACE-ME\"", Values[random.Next(Values.Length)], StringComparison.Ordinal));
        }
    }

    private async Task<string> StateAsync() => (await Client.GetAsync("/v1/configuration")).Text;
}
