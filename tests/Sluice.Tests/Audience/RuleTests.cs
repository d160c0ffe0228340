using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>Rules tried and checked through the API: contract audience.md section 4.</summary>
[Contract("audience V1")]
public sealed class RuleTests(RuleTests.Account account) : IClassFixture<RuleTests.Account>
{
    [Theory]
    [InlineData("""(c_make=="A") AND (c_model=="B") AND (c_search=="1")""", "c_make=A&c_model=B&c_search=1", true)]
    [InlineData("""(c_make=="A") AND (c_model=="B") AND (c_search=="1")""", "c_make=A&c_model=B", false)]
    [InlineData("""(a=="1" OR b=="1") AND (c=="new")""", "b=1&c=new", true)]
    [InlineData("""(a=="1" OR b=="1") AND (c=="new")""", "b=1", false)]
    [InlineData("price >= 1.00 AND price <= 100.00", "price=100", true)]
    [InlineData("price >= 1.00 AND price <= 100.00", "price=abc", false)]
    [InlineData("v==1 AND NOT (a==23)", "v=1", true)]
    [InlineData("v==1 AND NOT (a==23)", "v=1&a=23", false)]
    [InlineData("v==1 AND a!=23", "v=1", false)]
    [InlineData("v==1 AND a!=23", "v=1&a=5", true)]
    [InlineData("p_age < 25", "p_age=23", true)]
    [InlineData("p_age < 25", "p_age=25", false)]
    [InlineData("k == b", "k=a,b", true)] // several values of one key, either way
    [InlineData("k == b", "k=a&k=b", true)]
    [InlineData("k != b", "k=a,b", true)]
    [InlineData("k != b", "k=b", false)]
    [InlineData("NOT a==1 AND b==1", "b=1", true)] // NOT binds tighter than AND, AND tighter than OR
    [InlineData("a==1 OR b==1 AND c==1", "a=1", true)]
    [InlineData("(a==1 OR b==1) AND c==1", "a=1", false)]
    [InlineData("price => 5", "price=5", true)]
    [InlineData("name CONTAINS \"big boots\"", "name=very+BIG%20boots!", true)]
    [InlineData("name startswith \"boots\"", "name=Boots-12", true)]
    [InlineData("name endswith \"boots\"", "name=Boots-12", false)]
    [InlineData("name matcheswords \"big boots\"", "name=bigger boots", false)]
    [InlineData("name matcheswords \"big boots\"", "name=a big new pair: boots", true)]
    [InlineData("name matchesregex \"b.*ts\"", "name=my boots", true)]
    [InlineData("name matchesregex \"b.*ts\"", "name=my BOOTS", false)]
    [InlineData("\"a key\" == \"say \"\"hi\"\"\"", "a%20key=say%20%22hi%22", true)]
    [Contract("audience 4.3", "audience 4.1", "audience 3.3")]
    public async Task A_trait_rule_is_tried_with_a_sample_call(string code, string query, bool realized)
    {
        foreach (var url in (string[])[$"https://shop.example/event?{query}", $"{query}#part"])
        {
            var answer = await Client.PostTextAsync("/v1/traits/test", new JsonObject { ["code"] = code, ["url"] = url }.ToJsonString());

            Assert.Equal((HttpStatusCode.OK, realized), (answer.Status, (bool?)answer.Body?["realized"]));
            Assert.NotEmpty(answer.Json["signals"]!.AsObject());
        }
    }

    [Fact]
    [Contract("audience 3.3")]
    public async Task Headers_of_a_sample_call_are_signals_too()
    {
        var answer = await Client.PostTextAsync("/v1/traits/test", """{"code":"h_user-agent contains \"phone\" AND a==1","url":"?a=1","headers":{"User-Agent":"A Phone"}}""");
        var bad = await Client.PostTextAsync("/v1/traits/test", """{"code":"a==1","headers":["x"]}""");

        Assert.Equal("""{"realized":true,"signals":{"a":["1"],"h_user-agent":["A Phone"]}}""", answer.Text);
        CatalogueDesk.AssertRefused(bad, HttpStatusCode.BadRequest, "validation_error", "headers");
    }

    [Theory]
    [InlineData("", "code is required")]
    [InlineData("==1", "line 1, column 1: ", "key")]
    [InlineData("a 1", "line 1, column 3: Expected ==, !=, >, <, >=, <=, contains")]
    [InlineData("a ==", "line 1, column 5: ", "value")]
    [InlineData("a==1 AND", "line 1, column 9: ")]
    [InlineData("123 == 1", "line 1, column 1: ", "letter")]
    [InlineData("price!123 == 1", "line 1, column 6: ")]
    [InlineData("a == 'x'", "line 1, column 6: ")]
    [InlineData("a > x", "line 1, column 5: ", "number")]
    [InlineData("a <= \"x\"", "line 1, column 6: ", "number")]
    [InlineData("a matchesregex \"(\"", "line 1, column 16: ")]
    [InlineData("(a==1", "line 1, column 1: ")]
    [InlineData("a==1)", "line 1, column 5: ")]
    [InlineData("a==\"1", "line 1, column 4: ")]
    [InlineData("a==1 AND\n  b 2", "line 2, column 5: Expected ==")]
    [InlineData("a==1 AND\r\n\r\n b ==", "line 3, column 6: ", "value")]
    [Contract("audience 4.1")]
    public async Task A_trait_rule_that_cannot_be_read_is_refused_with_line_column_and_what_was_expected(string code, params string[] says)
    {
        foreach (var path in (string[])["/v1/traits/validate", "/v1/traits/test"])
        {
            var answer = await Client.PostTextAsync(path, new JsonObject { ["code"] = code }.ToJsonString());

            CatalogueDesk.AssertRefused(answer, HttpStatusCode.BadRequest, code.Length == 0 ? "validation_error" : "invalid_expression");
            var lines = answer.Json["childMessages"]!.AsArray().Select(line => (string)line!).ToArray();
            Assert.All(says, text => Assert.Contains(text, string.Join('\n', lines), StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    [Contract("audience 4.1", "audience 3.3", "audience 3.4")]
    public async Task A_trait_rule_that_is_good_is_answered_with_its_tree_its_canonical_text_and_warnings()
    {
        var answer = await Client.PostTextAsync("/v1/traits/validate", """{"code":"c_x == \"1\" and not (d_rs => 2 or y endswith \"z\")"}""");

        Assert.Equal(["valid", "codeViewOnly", "canonical", "expressionTree", "warnings"], CatalogueDesk.Members(answer.Json));
        Assert.Equal((true, """c_x == "1" AND NOT (d_rs >= 2 OR y endswith "z")"""), ((bool)answer.Json["valid"]!, (string)answer.Json["canonical"]!));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""
                {"expressionName":"and","expr1":{"name":"c_x","value":"1","expressionName":"=="},"expr2":{"expressionName":"not","expr":
                {"expressionName":"or","expr1":{"name":"d_rs","value":"2","expressionName":">=","bare":true},"expr2":{"name":"y","value":"z","expressionName":"endswith"}}}}
                """), answer.Json["expressionTree"]), answer.Text);
        Assert.Contains("d_rs", (string)answer.Json["warnings"]![0]!, StringComparison.Ordinal);
    }

    // {A} and {B} are rule-based traits, {O} is onboarded, {F} a folder's, {S} a segment.
    [Theory]
    [InlineData("", "rule is required")]
    [InlineData("{A}T {B}T", "line 1, column {after}: ", "AND, OR")]
    [InlineData("{A}", "line 1, column 1: ")]
    [InlineData("{A}T AND (", "line 1, column ", "trait")]
    [InlineData("frequency([{A}T]D) >= 1", "line 1, column ", "<=", ">=")]
    [InlineData("frequency([{A}T] <= 5) >= 1", "line 1, column ", "D")]
    [InlineData("{A}T OR\n999999T", "line 2, column 1: ", "999999")]
    [InlineData("{S}T", "line 1, column 1: ", "segment")]
    [InlineData("frequency([{A}T] <= 0D) >= 1", "line 1, column ")]
    [InlineData("frequency([{A}T]) >= -1", "line 1, column ")]
    [InlineData("frequency([{O}T]) >= 1", "line 1, column 12: ", "{O}")]
    [InlineData("frequency([{A}T]) <= 5", "line 1, column 1: ")]
    [InlineData("NOT {A}T", "line 1, column 1: ")]
    [InlineData("{A}T OR NOT {B}T", "line 1, column 1: ")]
    [Contract("audience 4.2", "audience 3.4")]
    public async Task A_segment_rule_that_is_wrong_is_refused_with_every_reason(string rule, params string[] says)
    {
        var text = account.Fill(rule);

        var answer = await Client.PostTextAsync("/v1/segments/validate", new JsonObject { ["rule"] = text }.ToJsonString());
        var saved = await Client.PostTextAsync("/v1/segments/", new JsonObject { ["name"] = "bad", ["segmentRule"] = text, ["dataSourceId"] = account.Source, ["folderId"] = 0 }.ToJsonString());

        CatalogueDesk.AssertRefused(answer, HttpStatusCode.BadRequest, rule.Length == 0 ? "validation_error" : "invalid_expression");
        CatalogueDesk.AssertRefused(saved, HttpStatusCode.BadRequest, rule.Length == 0 ? "validation_error" : "invalid_expression");
        var lines = string.Join('\n', answer.Json["childMessages"]!.AsArray().Select(line => (string)line!));
        foreach (var say in says)
            Assert.Contains(account.Fill(say).Replace("{after}", $"{account.Fill("{A}T ").Length + 1}", StringComparison.Ordinal), lines, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{A}T", "{\"sid\":{A}}")]
    [InlineData("({A}T OR {O}T) AND NOT {B}T", """{"expressionName":"and","expr1":{"expressionName":"or","expr1":{"sid":{A}},"expr2":{"sid":{O}}},"expr2":{"expressionName":"not","expr":{"sid":{B}}}}""")]
    [InlineData("FREQUENCY([{A}T OR {F}T] <= 5D) >= 3", """{"expressionName":">=","value":3,"frequency":{"list":[{A},{F}],"op":"<=","value":5,"units":"D"}}""")]
    [InlineData("frequency([{A}T]) >= 1 AND frequency([{A}T]) <= 5", null)]
    [InlineData("frequency([{A}T]) <= 5 AND {O}T", null)]
    [Contract("audience 4.2", "audience 3.4")]
    public async Task A_segment_rule_that_is_good_is_answered_with_its_tree_and_its_traits(string rule, string? tree)
    {
        var answer = await Client.PostTextAsync("/v1/segments/validate", new JsonObject { ["rule"] = account.Fill(rule) }.ToJsonString());

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.False((bool)answer.Json["codeViewOnly"]!);
        Assert.All(answer.Json["traits"]!.AsArray(), sid => Assert.Contains($"{sid}T", account.Fill(rule), StringComparison.Ordinal));
        if (tree is not null)
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(account.Fill(tree)), answer.Json["expressionTree"]), answer.Text);
    }

    [Fact]
    [Contract("audience 4.2", "audience 7")]
    public async Task A_segment_of_more_than_50_traits_is_for_the_code_view_and_one_of_too_many_is_refused()
    {
        await using var desk = await CatalogueDesk.StartAsync(StoreKind.Sqlite, "Audience:Limits:TraitsOfSegment=52");
        var source = await desk.AddDataSourceAsync("many");
        var traits = new List<long>();
        for (var index = 0; index < 53; index++)
            traits.Add(await desk.AddTraitAsync(source));
        string RuleOf(int count) => string.Join(" OR ", traits.Take(count).Select(sid => $"{sid}T"));
        Task<ApiAnswer> SaveAsync(int count) => desk.Admin.PostTextAsync("/v1/segments/", $$"""{"name":"many","segmentRule":"{{RuleOf(count)}}","dataSourceId":{{source}},"folderId":0}""");

        Assert.False((bool)(await SaveAsync(50)).Json["codeViewOnly"]!);
        Assert.True((bool)(await SaveAsync(51)).Json["codeViewOnly"]!);
        CatalogueDesk.AssertRefused(await SaveAsync(53), HttpStatusCode.BadRequest, "resource_limit_exceeded", "52");
    }

    [Fact]
    [Contract("audience 4.1")]
    public async Task Random_bytes_are_no_fault_of_ours()
    {
        var random = new Random(41);
        for (var round = 0; round < 500; round++)
        {
            var bytes = new byte[random.Next(1, 60)];
            random.NextBytes(bytes);
            var text = round % 2 == 0 ? System.Text.Encoding.Latin1.GetString(bytes) : System.Text.Encoding.UTF8.GetString(bytes);
            foreach (var (path, member) in ((string, string)[])[("/v1/traits/validate", "code"), ("/v1/traits/test", "code"), ("/v1/segments/validate", "rule")])
            {
                var answer = await Client.PostTextAsync(path, new JsonObject { [member] = text }.ToJsonString());

                Assert.True(answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.OK, answer.Text);
            }
        }
    }

    private ApiClient Client => account.Desk.Admin;

    /// <summary>A house with a trait of each kind and a segment.</summary>
    public sealed class Account : IAsyncLifetime
    {
        private readonly Dictionary<string, long> _ids = [];
        private CatalogueDesk? _desk;

        internal CatalogueDesk Desk => _desk!;

        internal long Source { get; private set; }

        public async ValueTask InitializeAsync()
        {
            _desk = await CatalogueDesk.StartAsync();
            Source = await Desk.AddDataSourceAsync("rules");
            _ids["{A}"] = await Desk.AddTraitAsync(Source);
            _ids["{B}"] = await Desk.AddTraitAsync(Source);
            _ids["{O}"] = CatalogueDesk.Id(await Desk.AddAsync("/v1/traits/", $$"""{"name":"o","traitType":"ON_BOARDED_TRAIT","dataSourceId":{{Source}},"folderId":0}"""), "sid");
            await Desk.AddAsync("/v1/folders/traits/", """{"name":"f","parentFolderId":0}""");
            _ids["{F}"] = CatalogueDesk.Id((await Desk.Admin.GetAsync("/v1/traits/?restrictType=FOLDER_TRAIT")).Json[0]!, "sid");
            _ids["{S}"] = await Desk.AddSegmentAsync(Source, _ids["{A}"]);
        }

        public ValueTask DisposeAsync() => _desk?.DisposeAsync() ?? ValueTask.CompletedTask;

        internal string Fill(string text) => _ids.Aggregate(text, (filled, id) => filled.Replace(id.Key, $"{id.Value}", StringComparison.Ordinal));
    }
}
