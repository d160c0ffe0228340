using System.Net;
using Npgsql;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>What the ResponseCache page says beside the way of an entry: attributes, defaults, times of day and dates, scopes that are shared, variables, and what never fails (contract gateway.md 1).</summary>
public sealed class ResponseCachePageTests
{
    private const string Kept = "<ExpirySettings><TimeoutInSeconds>600</TimeoutInSeconds></ExpirySettings>";
    private const string Key = "<CacheKey><KeyFragment>k</KeyFragment></CacheKey>";

    // Less than the time after which the database's client gives up by itself.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly DateTime HalfPastOne = new(2030, 1, 20, 13, 30, 0); // a day that can be no month

    [Fact]
    [Statement("C5")]
    [Contract("gateway 3.2", "gateway Ruling 8")]
    public async Task The_pages_address_is_served_by_the_organization_and_environment_in_its_host()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, "Storage:Environments:0=test");
        var revision = await desk.ImportAsync("weather", Cached("weather", target, "<CacheKey><KeyFragment ref=\"request.queryparam.w\"/></CacheKey>" + Kept));
        await desk.ManageAsync("POST", $"environments/test/apis/weather/revisions/{revision}/deployments");

        var first = await desk.GetAsync("/weather/forecastrss?w=23424778", ("Host", $"{desk.House.TenantId}-test.apigee.net"));
        var second = await desk.GetAsync("/weather/forecastrss?w=23424778", ("Host", $"{desk.House.TenantId}-test.apigee.net"));
        var elsewhere = await desk.GetAsync("/weather/forecastrss?w=23424778");

        Assert.Equal(((200, "answer 1"), (200, "answer 1"), 404), (first, second, elsewhere.Status));
        Assert.Equal("/forecastrss?w=23424778", Assert.Single(target.Calls).PathAndQuery);
    }

    [Fact]
    [Statement("C8")]
    [Contract("gateway 1.1")]
    public async Task A_policy_without_a_name_is_refused()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        using var archive = new ByteArrayContent(BundleText.Proxy("/x", null).With("policies/RC.xml", $"<ResponseCache>{Key}{Kept}</ResponseCache>").Zip());
        archive.Headers.ContentType = new("application/octet-stream");

        using var refusal = await desk.Management.PostAsync("apis?action=import&name=x", archive, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, refusal.StatusCode);
        Assert.Contains("The ResponseCache policy has no name", await refusal.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("enabled=\"true\"", 1)]
    [InlineData("enabled=\"false\"", 2)]
    [InlineData("async=\"true\"", 1)]
    [InlineData("continueOnError=\"true\"", 1)]
    [Statement("C10", "C11")]
    [Contract("gateway 1.1")]
    public async Task Only_enabled_false_keeps_a_policy_from_running(string attribute, int calls)
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", Cached("x", target, Key + Kept, attribute));

        await desk.GetAsync("/x");
        await desk.GetAsync("/x");

        Assert.Equal(calls, target.Calls.Count);
    }

    [Fact]
    [Statement("C39", "C42")]
    [Contract("gateway 1.2")]
    public async Task Accept_headers_and_headers_of_the_response_count_only_where_the_policy_says_so()
    {
        await using var target = await SampleTarget.StartAsync();
        target.AnswerWith(200, "once", ("Cache-Control", "private, no-store, max-age=0"), ("Expires", "0"));
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", Cached("x", target, Key + Kept));

        await desk.GetAsync("/x", ("Accept", "text/html"), ("Accept-Language", "de"));
        await desk.GetAsync("/x", ("Accept", "text/plain"), ("Accept-Language", "en"));

        Assert.Single(target.Calls);
    }

    [Fact]
    [Statement("C16")]
    [Contract("gateway 1.4")]
    public async Task A_prefix_stands_in_place_of_the_scope()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", Cached("x", target, $"<CacheKey><Prefix>mine</Prefix><KeyFragment>k</KeyFragment></CacheKey><Scope>Global</Scope>{Kept}"));

        Assert.Equal("mine__k", await ShownAsync(desk, "cachekey"));
    }

    [Fact]
    [Statement("C33")]
    [Contract("gateway 1.4")]
    public async Task Proxies_of_an_environment_share_what_has_the_scope_Global()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        foreach (var (name, scope) in new[] { ("a", "Global"), ("b", "Global"), ("c", "Application") })
            await desk.DeployAsync(name, Cached(name, target, $"{Key}<Scope>{scope}</Scope>{Kept}"));

        var (a, b, c) = (await desk.GetAsync("/a"), await desk.GetAsync("/b"), await desk.GetAsync("/c"));

        Assert.Equal(("answer 1", "answer 1", "answer 2"), (a.Body, b.Body, c.Body));
    }

    [Fact]
    [Statement("C37", "C32")]
    [Contract("gateway 1.4")]
    public async Task Without_a_scope_the_endpoint_that_the_policy_is_attached_to_is_in_the_key()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, "", "Show").With("proxies/default.xml", """
            <ProxyEndpoint name="default"><PreFlow><Response><Step><Name>Show</Name></Step></Response></PreFlow>
            <HTTPProxyConnection><BasePath>/x</BasePath></HTTPProxyConnection><RouteRule name="r"><TargetEndpoint>backend</TargetEndpoint></RouteRule></ProxyEndpoint>
            """).With("targets/backend.xml", $"""
            <TargetEndpoint name="backend"><PreFlow><Request><Step><Name>RC</Name></Step></Request><Response><Step><Name>RC</Name></Step></Response></PreFlow>
            <HTTPTargetConnection><URL>{target.Url}</URL></HTTPTargetConnection></TargetEndpoint>
            """).Policy($"<ResponseCache name=\"RC\"><CacheKey><KeyFragment>apiAccessToken</KeyFragment></CacheKey>{Kept}</ResponseCache>").Policy(Show));

        Assert.Equal($"{desk.House.TenantId}__production__x__1__backend__apiAccessToken", await ShownAsync(desk, "cachekey"));
    }

    [Theory]
    [InlineData("<TimeOfDay>14:30:00</TimeOfDay>", "UTC", 3_600)]
    [InlineData("<TimeOfDay>14:30:00</TimeOfDay>", "Asia/Tokyo", 3_600)]
    [InlineData("<TimeOfDay>14:30:00</TimeOfDay>", null, 3_600)] // the node's own
    [InlineData("<TimeOfDay>13:00:00</TimeOfDay>", "UTC", 84_600)] // tomorrow
    [InlineData("<TimeOfDay ref=\"request.header.time\"/>", "UTC", 3_600)]
    [InlineData("<ExpiryDate>01-21-2030</ExpiryDate>", "UTC", 37_800)]
    [InlineData("<ExpiryDate>01-21-2030</ExpiryDate>", "Asia/Tokyo", 37_800)]
    [InlineData("<ExpiryDate ref=\"{request.header.day}\"/>", "UTC", 37_800)]
    [InlineData("<ExpiryDate>01-20-2030</ExpiryDate>", "UTC", 0)]
    [InlineData("<ExpiryDate>01-21-2030</ExpiryDate><TimeOfDay>14:30:00</TimeOfDay>", "UTC", 3_600)]
    [InlineData("<ExpiryDate>01-20-2030</ExpiryDate><TimeOfDay>14:30:00</TimeOfDay><TimeoutInSeconds>9000</TimeoutInSeconds>", "UTC", 9_000)]
    [Statement("C25", "C26", "C27", "C28", "C29", "C30")]
    [Contract("gateway 1.5", "gateway Ruling 2", "gateway Ruling 3")]
    public async Task An_entry_ends_at_a_time_of_day_or_a_date_in_the_nodes_zone(string settings, string? zone, int seconds)
    {
        var clock = new ShiftedClock();
        var start = new DateTimeOffset(HalfPastOne, (zone is null ? TimeZoneInfo.Local : TimeZoneInfo.FindSystemTimeZoneById(zone)).GetUtcOffset(HalfPastOne));
        clock.Shift(start - clock.GetUtcNow());
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, clock, zone is null ? [] : [$"Gateway:TimeZone={zone}"]);
        await desk.DeployAsync("x", Cached("x", target, $"{Key}<ExpirySettings>{settings}</ExpirySettings>"));
        Task AskAsync() => desk.GetAsync("/x", ("time", "14:30:00"), ("day", "01-21-2030"));

        await AskAsync();
        await AskAsync();
        Assert.Equal(seconds == 0 ? 2 : 1, target.Calls.Count);
        if (seconds == 0)
            return;
        clock.Shift(TimeSpan.FromSeconds(seconds - 120));
        await AskAsync();
        Assert.Single(target.Calls);
        clock.Shift(TimeSpan.FromSeconds(121));
        await AskAsync();
        Assert.Equal(2, target.Calls.Count);
    }

    [Fact]
    [Statement("C17")]
    [Contract("gateway 1.2")]
    public async Task A_lookup_that_is_not_answered_in_time_is_a_miss()
    {
        var connection = await PostgresServer.NewDatabaseAsync();
        var folder = Directory.CreateTempSubdirectory("sluice-slow-");
        await using var target = await SampleTarget.StartAsync();
        await using (var desk = await GatewayDesk.OfAsync(await TestHouse.StartInAsync(folder.FullName, $"Storage:Postgres={connection}", "Gateway:AllowLoopbackTargets=true")))
        {
            await desk.DeployAsync("x", Cached("x", target, $"{Key}{Kept}<CacheLookupTimeoutInSeconds>1</CacheLookupTimeoutInSeconds><SkipCachePopulation>request.verb = \"GET\"</SkipCachePopulation>"));
            await desk.DeployAsync("none", Cached("none", target, $"{Key}{Kept}<CacheLookupTimeoutInSeconds>0</CacheLookupTimeoutInSeconds><SkipCachePopulation>request.verb = \"GET\"</SkipCachePopulation>"));
            await using (var other = new NpgsqlConnection(connection))
            {
                await other.OpenAsync(TestContext.Current.CancellationToken);
                await using var transaction = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
                await using var find = new NpgsqlCommand("select quote_ident(schemaname) || '.gateway_cache_entry' from pg_tables where tablename = 'gateway_cache_entry'", other, transaction);
                var tables = new List<string>();
                await using (var rows = await find.ExecuteReaderAsync(TestContext.Current.CancellationToken))
                {
                    while (await rows.ReadAsync(TestContext.Current.CancellationToken))
                        tables.Add(rows.GetString(0));
                }
                await using var block = new NpgsqlCommand($"lock table {string.Join(", ", tables)} in access exclusive mode", other, transaction);
                await block.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

                var answer = await desk.GetAsync("/x").WaitAsync(Patience, TestContext.Current.CancellationToken);
                var unwaited = await desk.GetAsync("/none").WaitAsync(Patience, TestContext.Current.CancellationToken);

                Assert.Equal(((200, "answer 1"), (200, "answer 2")), (answer, unwaited));
            }
            Assert.Equal("false", await ShownAsync(desk, "cachehit"));
        }
        folder.Delete(recursive: true);
        Assert.Equal(30, Sluice.Gateway.Policies.ResponseCache.DefaultLookupSeconds);
    }

    [Fact]
    [Statement("C18", "C19")]
    [Contract("gateway 2.4")]
    public async Task The_shared_cache_cannot_be_cleared_by_management()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", Cached("x", target, Key + Kept));
        var name = await ShownAsync(desk, "cachename");

        var (listed, names) = await desk.ManageAsync("GET", "environments/production/caches");
        var (status, _) = await desk.ManageAsync("POST", $"environments/production/caches/{name}/entries?action=clear");

        Assert.Equal($"{desk.House.TenantId}__production__default", name);
        Assert.Equal((HttpStatusCode.OK, "[]", HttpStatusCode.NotFound), (listed, names!.ToJsonString(), status));
        Assert.Equal("true", await ShownAsync(desk, "cachehit"));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(301)]
    [Statement("C22", "C23")]
    [Contract("gateway 1.6")]
    public async Task What_the_target_endpoint_calls_a_success_does_not_change_what_an_error_is(int status)
    {
        await using var target = await SampleTarget.StartAsync();
        target.AnswerWith(status, "no success");
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", Cached("x", target, $"{Key}{Kept}<ExcludeErrorResponse>true</ExcludeErrorResponse>")
            .WithTarget(target.Url, "", "<Properties><Property name=\"success.codes\">2xx,3xx,4xx</Property></Properties>"));

        await desk.GetAsync("/x");
        await desk.GetAsync("/x");

        Assert.Equal(2, target.Calls.Count);
    }

    [Fact]
    [Statement("C52")]
    [Contract("gateway 1.8", "gateway Ruling 6")]
    public async Task An_entry_that_is_over_is_told_as_invalid()
    {
        var clock = new ShiftedClock();
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, clock);
        await desk.DeployAsync("x", Cached("x", target, Key + Kept));

        var first = await ShownAsync(desk, "invalidentry");
        var hit = await ShownAsync(desk, "invalidentry");
        clock.Shift(TimeSpan.FromSeconds(601));
        var over = await ShownAsync(desk, "invalidentry");
        var again = await ShownAsync(desk, "invalidentry");

        Assert.Equal(("false", "false", "true", "false"), (first, hit, over, again));
    }

    [Theory]
    [InlineData("cachename")]
    [InlineData("cachekey")]
    [InlineData("cachehit")]
    [InlineData("invalidentry")]
    [Statement("C53")]
    [Contract("gateway 1.8", "gateway 5.2")]
    public async Task The_variables_of_the_policy_are_read_only(string variable)
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", BundleText.Proxy("/x", target.Url, "RC Write", "RC Show").Policy($"<ResponseCache name=\"RC\">{Key}{Kept}</ResponseCache>").Policy(Show)
            .Policy($"""<AssignMessage name="Write"><AssignVariable><Name>responsecache.RC.{variable}</Name><Value>mine</Value></AssignVariable></AssignMessage>"""));

        var answer = await desk.GetAsync("/x");

        Assert.Equal((500, "steps.assignmessage.SetVariableFailed"), (answer.Status, ConsumerSample.CodeOf(answer.Body)));
    }

    [Fact]
    [Statement("C54", "C55", "C56")]
    [Contract("gateway 1.3", "gateway 1.8")]
    public async Task A_cache_that_is_away_fails_no_call_and_leaves_no_trace_of_a_fault()
    {
        await using var wire = await CuttableWire.OpenAsync();
        var folder = Directory.CreateTempSubdirectory("sluice-away-");
        await using var target = await SampleTarget.StartAsync();
        await using (var desk = await GatewayDesk.OfAsync(await TestHouse.StartInAsync(folder.FullName, $"Storage:Postgres={wire.Connection}", "Gateway:AllowLoopbackTargets=true")))
        {
            await desk.DeployAsync("x", Cached("x", target, "<CacheKey><KeyFragment ref=\"request.queryparam.w\"/></CacheKey>" + Kept));
            wire.Cut();

            using var away = await desk.SendAsync("GET", "/x?w=1", null);
            using var again = await desk.SendAsync("GET", "/x?w=2", null);

            foreach (var answer in (HttpResponseMessage[])[away, again])
                Assert.Equal((200, "false", ""), ((int)answer.StatusCode, answer.Headers.GetValues("cachehit").Single(), answer.Headers.GetValues("fault").Single()));
            wire.Mend();
        }
        folder.Delete(recursive: true);
    }

    private const string Show = """
        <AssignMessage name="Show"><IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables><Set><Headers>
          <Header name="cachename">{responsecache.RC.cachename}</Header><Header name="cachekey">{responsecache.RC.cachekey}</Header>
          <Header name="cachehit">{responsecache.RC.cachehit}</Header><Header name="invalidentry">{responsecache.RC.invalidentry}</Header>
          <Header name="fault">{responsecache.RC.failed}{responsecache.failed}{fault.name}</Header></Headers></Set></AssignMessage>
        """;

    private static BundleText Cached(string name, SampleTarget target, string inner, string attributes = "") => BundleText.Proxy("/" + name, target.Url, "RC", "RC Show")
        .Policy($"<ResponseCache name=\"RC\" {attributes}>{inner}</ResponseCache>").Policy(Show);

    private static async Task<string> ShownAsync(GatewayDesk desk, string header)
    {
        using var answer = await desk.SendAsync("GET", "/x", null);
        return answer.Headers.GetValues(header).Single();
    }
}
