using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>What a tolerant server takes from the clients there are: contract audience.md 1.3 and 2.2.</summary>
[Contract("audience 2.2")]
public sealed class TolerantWriteTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private CatalogueDesk Desk => shared.Desk;

    private ApiClient Client => shared.Desk.Admin;

    [Theory]
    [InlineData("/v1/traits/{0}")]
    [InlineData("/v1/traits/{0}/")]
    [InlineData("/v1/traits//{0}")]
    [InlineData("/v1//traits///{0}//")]
    [InlineData("//v1/traits/{0}")]
    [InlineData("/api/v1/traits/{0}/")]
    [InlineData("/portal/api/v1/traits/{0}")]
    [InlineData("/portal//api/v1/traits//{0}/")]
    [InlineData("/v1/traits/%E2%80%8B{0}")]
    [InlineData("/%E2%80%8Bv1/traits/{0}%E2%80%8B/")]
    [Contract("audience 1.3")]
    [Statement("B57")]
    public async Task A_path_is_found_under_every_base_with_slashes_and_invisible_spaces_too_many(string path)
    {
        var sid = await Desk.AddTraitAsync(await Desk.AddDataSourceAsync("shop"));

        var get = await RawAsync("GET", string.Format(System.Globalization.CultureInfo.InvariantCulture, path, sid), null);
        var put = await RawAsync("PUT", string.Format(System.Globalization.CultureInfo.InvariantCulture, path, sid), """{"name":"renamed"}""");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", get, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", put, StringComparison.Ordinal);
        Assert.Equal("renamed", (string)(await Client.GetAsync($"/v1/traits/{sid}")).Json["name"]!);
    }

    [Fact]
    public async Task Numbers_and_flags_may_come_as_texts_and_texts_as_numbers()
    {
        var source = (await Desk.AddAsync("/v1/datasources/", """
            {"name":42,"integrationCode":20260102,"uniqueTraitIntegrationCodes":"true","inboundS2S":"True","outboundS2S":1,"customerProfileDataRetention":"2592000","containerIds":["3",4]}
            """)).AsObject();
        var id = (long)source["dataSourceId"]!;
        var trait = await Desk.AddAsync("/v1/traits/", $$"""
            {"name":7,"traitType":"rule_based_trait","dataSourceId":"{{id}}","folderId":"0","traitRule":"a==1","ttl":"30","integrationCode":5,"type":"0","categoryId":""}
            """);

        Assert.Equal(("42", "20260102", true, true, true, 2_592_000, "[3,4]"), (
            (string)source["name"]!, (string)source["integrationCode"]!, (bool)source["uniqueTraitIntegrationCodes"]!, (bool)source["inboundS2S"]!,
            (bool)source["outboundS2S"]!, (int)source["customerProfileDataRetention"]!, source["containerIds"]!.ToJsonString()));
        Assert.Equal(("7", "RULE_BASED_TRAIT", id, 30, "5"), (
            (string)trait["name"]!, (string)trait["traitType"]!, (long)trait["dataSourceId"]!, (int)trait["ttl"]!, (string)trait["integrationCode"]!));
    }

    [Fact]
    public async Task A_whole_object_as_it_was_read_changes_nothing_but_version_and_time()
    {
        var source = await Desk.AddDataSourceAsync("whole");
        var trait = await Desk.AddTraitAsync(source);
        var segment = await Desk.AddSegmentAsync(source, trait);
        var destination = await Desk.AddDestinationAsync();
        await Desk.AddMappingAsync(destination, segment);
        string[] paths =
        [
            $"/v1/datasources/{source}", $"/v1/traits/{trait}?includeMetrics=true&includePermissions=true&includeExprTree=true",
            $"/v1/segments/{segment}?includeMetrics=true&includePermissions=true&includeExprTree=true&includeTraitDataSourceIds=true",
            $"/v1/destinations/{destination}?includePermissions=true&includeMappings=true",
        ];

        foreach (var path in paths)
        {
            var read = await Client.GetAsync(path);
            var forged = read.Json.DeepClone().AsObject();
            foreach (var (name, value) in (IEnumerable<(string, JsonNode)>)[("pid", 99), ("crUID", 99), ("upUID", "x"), ("createTime", 1), ("updateTime", "never"), ("unknownMember", new JsonArray(1))])
                forged[name] = value;

            var put = await Client.SendAsync(HttpMethod.Put, path, forged.ToJsonString());

            Assert.True(put.Status == HttpStatusCode.OK, put.Text);
            Assert.Equal(Without(read.Json, "updateTime"), Without(put.Json, "updateTime"));
            Assert.NotEqual(read.Headers.ETag, put.Headers.ETag);
        }
    }

    [Fact]
    public async Task A_member_alone_changes_itself_alone_and_null_clears()
    {
        var source = await Desk.AddDataSourceAsync("alone");
        var trait = await Desk.AddTraitAsync(source, more: ""","description":"d","comments":"c","integrationCode":"i","ttl":7""");
        var before = (await Client.GetAsync($"/v1/traits/{trait}")).Json;

        var one = await Client.SendAsync(HttpMethod.Put, $"/v1/traits/{trait}", """{"comments":"new"}""");
        var nothing = await Client.SendAsync(HttpMethod.Put, $"/v1/traits/{trait}", "{}");
        var cleared = await Client.SendAsync(HttpMethod.Put, $"/v1/traits/{trait}", """{"description":null,"integrationCode":null,"ttl":null}""");
        var required = await Client.SendAsync(HttpMethod.Put, $"/v1/traits/{trait}", """{"name":null,"traitRule":null}""");

        before["comments"] = "new";
        Assert.Equal(Without(before, "updateTime"), Without(one.Json, "updateTime"));
        Assert.Equal(Without(before, "updateTime"), Without(nothing.Json, "updateTime"));
        Assert.Equal((null, null, 120, "new"), (cleared.Json["description"], cleared.Json["integrationCode"], (int)cleared.Json["ttl"]!, (string)cleared.Json["comments"]!));
        CatalogueDesk.AssertRefused(required, HttpStatusCode.BadRequest, "validation_error", "name is required", "traitRule is required");
    }

    [Theory]
    [InlineData("99999")]
    [InlineData("\"99999\"")]
    [InlineData("\"x\"")]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task The_path_says_which_object_it_is_whatever_the_body_says(string sid)
    {
        var source = await Desk.AddDataSourceAsync("path");
        var trait = await Desk.AddTraitAsync(source);

        var put = await Client.SendAsync(HttpMethod.Put, $"/v1/traits/{trait}", $$"""{"sid":{{sid}},"name":"by path"}""");

        Assert.Equal((HttpStatusCode.OK, trait, "by path"), (put.Status, (long)put.Json["sid"]!, (string)put.Json["name"]!));
    }

    [Fact]
    public async Task Bulk_deletes_take_ids_as_numbers_and_as_texts_and_nothing_else()
    {
        var source = await Desk.AddDataSourceAsync("bulk");
        var (first, second, third) = (await Desk.AddTraitAsync(source), await Desk.AddTraitAsync(source), await Desk.AddTraitAsync(source));

        foreach (var bad in (string[])["{}", "7", "null", "[null]", "[1.5]", "[\"x\"]", "[[1]]", $"[{first},true]", "[\"\\ud800\"]"])
            CatalogueDesk.AssertRefused(await Client.PostTextAsync("/v1/traits/bulk-delete", bad), HttpStatusCode.BadRequest, "validation_error");
        var unknown = await Client.PostTextAsync("/v1/traits/bulk-delete", $"[{first},999999]");
        var still = await Client.GetAsync($"/v1/traits/{first}");
        var deleted = await Client.PostTextAsync("/v1/traits/bulk-delete/", $"[{first},\"{second}\",{first}]");
        var none = await Client.PostTextAsync("/v1/traits/bulk-delete", "[]");

        CatalogueDesk.AssertRefused(unknown, HttpStatusCode.BadRequest, "not_found", "999999");
        Assert.Equal(HttpStatusCode.OK, still.Status);
        Assert.Equal((HttpStatusCode.NoContent, ""), (deleted.Status, deleted.Text));
        Assert.Equal(HttpStatusCode.NoContent, none.Status);
        Assert.Equal([third], (await Client.GetAsync($"/v1/traits/?dataSourceId={source}")).Json.AsArray().Select(row => (long)row!["sid"]!));
    }

    [Fact]
    public async Task Strings_are_HTML_escaped_where_the_installation_says_so_and_the_client_does_not_mind()
    {
        await using var compat = await CatalogueDesk.StartAsync(StoreKind.Sqlite, "Audience:HtmlEscape=true");
        const string Rule = """a == "x<y>&z'\" AND b >= 3""";
        var body = new JsonObject { ["name"] = """5 > 4 & "so" \ 'on' é""", ["traitType"] = "RULE_BASED_TRAIT", ["folderId"] = 0, ["traitRule"] = Rule };
        JsonNode? plain = null;
        foreach (var desk in (CatalogueDesk[])[Desk, compat])
        {
            body["dataSourceId"] = await desk.AddDataSourceAsync("escape");
            var sid = CatalogueDesk.Id(await desk.AddAsync("/v1/traits/", body.ToJsonString()), "sid");
            var (byDefault, off) = (
                await desk.Admin.GetAsync($"/v1/traits/{sid}?includeExprTree=true"),
                await desk.Admin.GetAsync($"/v1/traits/{sid}?includeExprTree=true", ("AAM-Disable-Escaping-HTML", "true")));
            var list = (await desk.Admin.GetAsync($"/v1/traits/?dataSourceId={body["dataSourceId"]}")).Json[0]!;
            plain ??= byDefault.Json;

            var isCompat = desk == compat;
            Assert.Equal(isCompat ? "5 &gt; 4 &amp; &quot;so&quot; \\ &#39;on&#39; é" : (string)body["name"]!, (string)byDefault.Json["name"]!);
            Assert.Equal((string)byDefault.Json["name"]!, (string)list["name"]!);
            Assert.Equal((string)body["name"]!, (string)off.Json["name"]!);
            Assert.Equal(Rule, (string)off.Json["traitRule"]!);
            Assert.Equal(isCompat ? "a == &quot;x&lt;y&gt;&amp;z&#39;\\&quot; AND b &gt;= 3" : Rule, (string)byDefault.Json["traitRule"]!);
            Assert.Equal(isCompat ? "&gt;=" : ">=", (string)byDefault.Json["expressionTree"]!["expr2"]!["expressionName"]!);
        }
        var refused = await compat.Admin.GetAsync("/v1/traits/ic:%3Cb%3E");
        Assert.Contains("[&lt;b&gt;]", refused.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<", refused.Text, StringComparison.Ordinal);
        var configuration = await compat.Admin.GetAsync("/v1/configuration");
        Assert.Contains("5 > 4 & ", configuration.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_header_that_web_clients_send_against_forgery_is_passed_over()
    {
        var source = await Desk.AddDataSourceAsync("csrf");

        var get = await Client.GetAsync($"/v1/datasources/{source}", ("AAM-CSRF-Token", "nonsense"));
        var put = await Client.SendAsync(HttpMethod.Put, $"/v1/datasources/{source}", """{"name":"csrf 2"}""", ("AAM-CSRF-Token", ""));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (get.Status, put.Status));
    }

    [Theory]
    [InlineData("GET", "/v2/traits/", 404, "Not Found", "not_found")]
    [InlineData("POST", "/v0/traits/", 404, "Not Found", "not_found")]
    [InlineData("GET", "/api/v2/traits/", 404, "Not Found", "not_found")]
    [InlineData("GET", "/portal/api/v17/traits/", 404, "Not Found", "not_found")]
    [InlineData("GET", "/v1/nothing/here", 404, "Not Found", "not_found")]
    [InlineData("GET", "/v1//nothing", 404, "Not Found", "not_found")]
    [InlineData("GET", "/v1/traits/999999", 404, "Not Found", "not_found")]
    [InlineData("GET", "/v1/traits/ic:unknown", 404, "Not Found", "not_found")]
    [InlineData("GET", "/v1/segments/x", 404, "Not Found", "not_found")]
    [InlineData("GET", "/v1/traits/99999999999999999999", 404, "Not Found", "not_found")]
    [InlineData("PATCH", "/v1/traits/1", 405, "Method Not Allowed", "method_not_allowed")]
    [InlineData("PUT", "/v1/traits/", 405, "Method Not Allowed", "method_not_allowed")]
    [InlineData("DELETE", "/v1/folders/traits/", 405, "Method Not Allowed", "method_not_allowed")]
    [InlineData("POST", "/v1/traits/", 400, "Bad Request", "validation_error")]
    [InlineData("POST", "/v1/traits/validate", 400, "Bad Request", "validation_error")]
    [Contract("audience 1.4", "audience Ruling 5")]
    [Statement("B61", "B63", "B66")]
    public async Task A_refusal_has_its_reason_phrase_and_a_body_that_says_why(string verb, string path, int status, string phrase, string code)
    {
        var answer = await RawAsync(verb, path, verb is "GET" or "DELETE" ? null : "{}");

        Assert.StartsWith($"HTTP/1.1 {status} {phrase}\r\n", answer, StringComparison.Ordinal);
        var body = JsonNode.Parse(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..])!;
        Assert.Equal(code, (string)body["code"]!);
        Assert.NotEqual("", (string)body["message"]!);
        Assert.IsType<JsonArray>(body["childMessages"]);
    }

    [Fact]
    [Contract("audience 1.4", "audience Ruling 1", "audience Ruling 5")]
    [Statement("B58", "B59", "B60", "B66")]
    public async Task An_answer_that_went_well_has_its_status_and_reason_phrase()
    {
        var made = await RawAsync("POST", "/v1/datasources/", """{"name":"phrases"}""");
        var id = JsonNode.Parse(made[made.IndexOf('{', StringComparison.Ordinal)..])!["dataSourceId"];
        var changed = await RawAsync("PUT", $"/v1/datasources/{id}", """{"name":"phrases 2"}""");
        var twice = await RawAsync("POST", "/v1/datasources/", """{"name":"twin","integrationCode":"adobe-provided"}""");
        var gone = await RawAsync("DELETE", $"/v1/datasources/{id}", null);

        Assert.StartsWith("HTTP/1.1 201 Created\r\n", made, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", changed, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 409 Conflict\r\n", twice, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 204 No Content\r\n", gone, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", gone, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("")]
    [Contract("audience 1.4")]
    [Statement("B4")]
    public async Task A_write_that_is_not_JSON_is_refused_by_every_family(string mediaType)
    {
        foreach (var path in (string[])["/v1/datasources/", "/v1/traits/", "/v1/segments/", "/v1/destinations/", "/v1/folders/traits/", "/v1/folders/segments/", "/v1/traits/bulk-delete", "/v1/segments/validate"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent("{\"name\":\"x\"}"u8.ToArray()) };
            if (mediaType.Length > 0)
                request.Content.Headers.ContentType = new(mediaType);

            CatalogueDesk.AssertRefused(await Client.SendAsync(request), HttpStatusCode.UnsupportedMediaType, "unsupported_media_type", "application/json");
        }
    }

    [Fact]
    [Contract("audience 1.4")]
    public async Task A_body_that_is_too_long_is_refused_in_this_API_s_words()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/traits/")
        {
            Content = new StringContent($$"""{"name":"{{new string('x', 5 << 20)}}"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.ExpectContinue = true; // sends nothing before the server wants it

        var answer = await Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.NotEqual("", (string)answer.Json["message"]!);
        Assert.IsType<JsonArray>(answer.Json["childMessages"]);
    }

    // Over a bare socket: HttpClient would tidy the path and hide the reason phrase.
    private async Task<string> RawAsync(string verb, string path, string? body)
    {
        var address = new Uri(Desk.House.Address);
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        var content = body is null ? "" : $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n";
        var request = $"{verb} {path} HTTP/1.1\r\nHost: {address.Authority}\r\n{content}Authorization: {Client.Http.DefaultRequestHeaders.Authorization}\r\nConnection: close\r\n\r\n{body}";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static string Without(JsonNode node, params string[] members)
    {
        var copy = node.DeepClone().AsObject();
        foreach (var member in members)
            copy.Remove(member);
        return copy.ToJsonString();
    }
}
