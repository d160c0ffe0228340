using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>ResponseCache through the public door: a real proxy before a real target that counts its calls (contract gateway.md 1).</summary>
public sealed class ResponseCacheTests
{
    private const string Weather = """
        <ResponseCache name="ResponseCache">
          <CacheKey><KeyFragment ref="request.queryparam.w"/></CacheKey>
          <ExpirySettings><TimeoutInSeconds>600</TimeoutInSeconds></ExpirySettings>
        </ResponseCache>
        """;

    private const string WeatherWithBypass = """
        <ResponseCache name="ResponseCache">
          <CacheKey><KeyFragment ref="request.queryparam.w" /></CacheKey>
          <!-- Explicitly refresh the cached response -->
          <SkipCacheLookup>request.header.bypass-cache = "true"</SkipCacheLookup>
          <ExpirySettings><TimeoutInSeconds>600</TimeoutInSeconds></ExpirySettings>
        </ResponseCache>
        """;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Statement("C1", "C2", "C3")]
    [Contract("gateway 1.3", "gateway 1.4", "gateway 1.5")]
    public async Task The_second_request_within_ten_minutes_is_answered_without_the_target(StoreKind kind)
    {
        var clock = new ShiftedClock();
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync(kind, clock);
        await desk.DeployAsync("weather", BundleText.Proxy("/weather", target.Url, "ResponseCache", "ResponseCache").Policy(Weather));

        var first = await desk.GetAsync("/weather/forecastrss?w=23424778");
        var second = await desk.GetAsync("/weather/forecastrss?w=23424778");
        var other = await desk.GetAsync("/weather/forecastrss?w=1");
        clock.Shift(TimeSpan.FromSeconds(601));
        var late = await desk.GetAsync("/weather/forecastrss?w=23424778");

        Assert.Equal((200, "answer 1"), first);
        Assert.Equal((200, "answer 1"), second);
        Assert.Equal((200, "answer 2"), other);
        Assert.Equal((200, "answer 3"), late);
        Assert.Equal(["/forecastrss?w=23424778", "/forecastrss?w=1", "/forecastrss?w=23424778"], target.Calls.Select(call => call.PathAndQuery));
    }

    [Fact]
    [Statement("C6")]
    [Contract("gateway 1.2", "gateway 1.3")]
    public async Task A_skipped_lookup_asks_the_target_and_refreshes_the_entry()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("weather", BundleText.Proxy("/weather", target.Url, "ResponseCache", "ResponseCache").Policy(WeatherWithBypass));

        var first = await desk.GetAsync("/weather?w=1");
        var bypassed = await desk.GetAsync("/weather?w=1", ("bypass-cache", "true"));
        var after = await desk.GetAsync("/weather?w=1");

        Assert.Equal("answer 1", first.Body);
        Assert.Equal("answer 2", bypassed.Body);
        Assert.Equal("answer 2", after.Body);
    }

    [Fact]
    [Contract("gateway 1.7", "gateway 1.3")]
    public async Task A_hit_sends_status_headers_and_body_as_they_were_stored()
    {
        await using var target = await SampleTarget.StartAsync();
        target.AnswerWith(201, "made", ("X-One", "1"), ("X-Two", "a"), ("X-Two", "b"), ("Content-Type", "text/weather"));
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("weather", BundleText.Proxy("/weather", target.Url, "ResponseCache", "ResponseCache").Policy(Weather));
        await desk.GetAsync("/weather?w=1");

        using var hit = await desk.SendAsync("GET", "/weather?w=1", null);
        using var head = await desk.SendAsync("HEAD", "/weather?w=1", null);

        Assert.Equal(HttpStatusCode.Created, hit.StatusCode);
        Assert.Equal("1", hit.Headers.GetValues("X-One").Single());
        Assert.Equal(["a", "b"], hit.Headers.GetValues("X-Two"));
        Assert.Equal("text/weather", hit.Content.Headers.ContentType!.ToString());
        Assert.Equal("made", await hit.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(4, head.Content.Headers.ContentLength);
        Assert.Single(target.Calls);
    }

    [Fact]
    [Statement("C18", "C32", "C49", "C50", "C51")]
    [Contract("gateway 1.3", "gateway 1.8")]
    public async Task After_a_hit_the_steps_behind_the_response_attachment_run_and_those_before_it_do_not()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("weather", BundleText.Proxy("/weather", target.Url, "ResponseCache", "Proxy").Policy(Weather)
            .WithTarget(target.Url, "<PreFlow><Response><Step><Name>Before</Name></Step></Response></PreFlow><PostFlow><Response><Step><Name>ResponseCache</Name></Step><Step><Name>Behind</Name></Step></Response></PostFlow>")
            .Policy(FlowOrderTests.Add("Before", "X-Before", "{system.timestamp}")).Policy(FlowOrderTests.Add("Behind", "X-Behind", "{request.queryparam.page}"))
            .Policy(FlowOrderTests.Add("Proxy", "X-Hit", "{responsecache.ResponseCache.cachehit} {responsecache.ResponseCache.cachekey} {responsecache.ResponseCache.cachename} {target.name}")));

        using var first = await desk.SendAsync("GET", "/weather?w=1&page=1", null);
        using var second = await desk.SendAsync("GET", "/weather?w=1&page=2", null);

        var org = desk.House.TenantId;
        Assert.Equal($"false {org}__production__weather__1__default__1 {org}__production__default default", first.Headers.GetValues("X-Hit").Single());
        Assert.Equal($"true {org}__production__weather__1__default__1 {org}__production__default default", second.Headers.GetValues("X-Hit").Single());
        Assert.Equal(first.Headers.GetValues("X-Before").Single(), second.Headers.GetValues("X-Before").Single());
        Assert.Equal("2", second.Headers.GetValues("X-Behind").Single());
        Assert.Single(target.Calls);
    }

    [Fact]
    [Statement("C15", "C40")]
    [Contract("gateway 1.4")]
    public async Task A_key_names_its_parts_and_no_two_lists_of_parts_are_one_entry()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("keys", BundleText.Proxy("/keys", target.Url, "RC", "RC Key").Policy("""
            <ResponseCache name="RC"><CacheKey><Prefix>UserToken</Prefix><KeyFragment>apiAccessToken</KeyFragment><KeyFragment ref="request.queryparam.a"/><KeyFragment ref="request.queryparam.b"/></CacheKey>
              <UseAcceptHeader>true</UseAcceptHeader><ExpirySettings><TimeoutInSeconds>60</TimeoutInSeconds></ExpirySettings></ResponseCache>
            """).Policy(FlowOrderTests.Add("Key", "X-Key", "{responsecache.RC.cachekey}")));

        using var one = await desk.SendAsync("GET", "/keys?a=x__y&b=z", null, ("Accept", "text/html"), ("Accept-Language", "de, en"));
        using var other = await desk.SendAsync("GET", "/keys?a=x&b=y__z", null, ("Accept", "text/html"), ("Accept-Language", "de, en"));
        using var accepts = await desk.SendAsync("GET", "/keys?a=x__y&b=z", null, ("Accept", "text/html"));

        Assert.Equal("UserToken__apiAccessToken__x__y__z__text/html____de, en__", one.Headers.GetValues("X-Key").Single());
        Assert.Equal(one.Headers.GetValues("X-Key").Single(), other.Headers.GetValues("X-Key").Single());
        Assert.Equal("UserToken__apiAccessToken__x__y__z__text/html______", accepts.Headers.GetValues("X-Key").Single());
        Assert.Equal(3, target.Calls.Count);
    }

    [Theory]
    [InlineData("Global", "{0}__production")]
    [InlineData("Application", "{0}__production__scopes")]
    [InlineData("Proxy", "{0}__production__scopes__1__default")]
    [InlineData("Target", "{0}__production__scopes__1__backend")]
    [InlineData("Exclusive", "{0}__production__scopes__1__default")]
    [Statement("C33", "C34", "C35", "C36", "C37")]
    [Contract("gateway 1.4", "gateway Ruling 5")]
    public async Task A_scope_is_the_documented_prefix(string scope, string prefix)
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("scopes", BundleText.Empty().With("proxies/default.xml", """
            <ProxyEndpoint name="default"><PreFlow><Request><Step><Name>RC</Name></Step></Request><Response><Step><Name>RC</Name></Step><Step><Name>Key</Name></Step></Response></PreFlow>
            <HTTPProxyConnection><BasePath>/scopes</BasePath></HTTPProxyConnection><RouteRule name="r"><TargetEndpoint>backend</TargetEndpoint></RouteRule></ProxyEndpoint>
            """).With("targets/backend.xml", $"<TargetEndpoint name=\"backend\"><HTTPTargetConnection><URL>{target.Url}</URL></HTTPTargetConnection></TargetEndpoint>")
            .Policy($"<ResponseCache name=\"RC\"><CacheKey><KeyFragment>k</KeyFragment></CacheKey><Scope>{scope}</Scope><ExpirySettings><TimeoutInSeconds>60</TimeoutInSeconds></ExpirySettings></ResponseCache>")
            .Policy(FlowOrderTests.Add("Key", "X-Key", "{responsecache.RC.cachekey}")));

        using var answer = await desk.SendAsync("GET", "/scopes", null);

        Assert.Equal(prefix.Replace("{0}", desk.House.TenantId, StringComparison.Ordinal) + "__k", answer.Headers.GetValues("X-Key").Single());
    }

    [Theory]
    [InlineData("<TimeoutInSeconds>60</TimeoutInSeconds><TimeOfDay>00:00:00</TimeOfDay>", 60)]
    [InlineData("<TimeoutInSec>60</TimeoutInSec>", 60)]
    [InlineData("<TimeoutInSeconds>60</TimeoutInSeconds><TimeoutInSec>600</TimeoutInSec>", 60)]
    [InlineData("<TimeoutInSeconds ref=\"request.header.ttl\">600</TimeoutInSeconds>", 60)]
    [InlineData("<TimeoutInSeconds ref=\"{request.header.ttl}\"/>", 60)]
    [InlineData("<TimeoutInSeconds ref=\"request.header.none\">60</TimeoutInSeconds>", 60)]
    [InlineData("<ExpiryDate/><TimeOfDay/><TimeoutInSeconds ref=\"flow.variable.here\">60</TimeoutInSeconds>", 60)]
    [InlineData("", 300)]
    [InlineData("<TimeoutInSeconds>0</TimeoutInSeconds>", 0)]
    [InlineData("<TimeoutInSeconds>-5</TimeoutInSeconds>", 0)]
    [InlineData("<ExpiryDate>01-01-2020</ExpiryDate>", 0)]
    [Statement("C25", "C29", "C30", "C31")]
    [Contract("gateway 1.5", "gateway Ruling 2")]
    public async Task An_entry_lives_as_long_as_its_settings_say(string settings, int seconds)
    {
        var clock = new ShiftedClock();
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, clock);
        await desk.DeployAsync("lives", BundleText.Proxy("/lives", target.Url, "RC", "RC")
            .Policy($"<ResponseCache name=\"RC\"><CacheKey><KeyFragment>k</KeyFragment></CacheKey><ExpirySettings>{settings}</ExpirySettings></ResponseCache>"));

        await desk.GetAsync("/lives", ("ttl", "60"));
        await desk.GetAsync("/lives", ("ttl", "60"));
        Assert.Equal(seconds == 0 ? 2 : 1, target.Calls.Count);
        if (seconds == 0)
            return;
        clock.Shift(TimeSpan.FromSeconds(seconds - 20));
        await desk.GetAsync("/lives", ("ttl", "60"));
        Assert.Single(target.Calls);
        clock.Shift(TimeSpan.FromSeconds(21));
        await desk.GetAsync("/lives", ("ttl", "60"));
        Assert.Equal(2, target.Calls.Count);
    }

    [Theory]
    [InlineData("max-age=100", null, 100)] // lower than the policy's 600
    [InlineData("max-age=10, s-maxage=100", null, 100)]
    [InlineData("max-age=5000", null, 600)]
    [InlineData("max-age=100", 3 * 24 * 3600, 100)] // the page's worked case
    [InlineData(null, 100, 100)]
    [InlineData(null, null, 600)]
    [InlineData("no-store", null, 0)]
    [InlineData("private, max-age=100", null, 0)]
    [InlineData("max-age=0", null, 0)]
    [InlineData(null, -1, 0)]
    [Statement("C43", "C44", "C45")]
    [Contract("gateway 1.5", "gateway 1.6", "gateway Ruling 9")]
    public async Task Response_headers_lower_the_lifetime_where_the_policy_says_so(string? control, int? expiresIn, int seconds)
    {
        var clock = new ShiftedClock();
        await using var target = await SampleTarget.StartAsync();
        target.Answer = (http, number) =>
        {
            if (control is not null)
                http.Response.Headers.CacheControl = control;
            if (expiresIn is { } expires)
                http.Response.Headers.Expires = expires < 0 ? "0" : clock.GetUtcNow().AddSeconds(expires).ToString("r");
            return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, $"answer {number}");
        };
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, clock);
        await desk.DeployAsync("lives", BundleText.Proxy("/lives", target.Url, "RC", "RC")
            .Policy("<ResponseCache name=\"RC\"><CacheKey><KeyFragment>k</KeyFragment></CacheKey><ExpirySettings><TimeoutInSeconds>600</TimeoutInSeconds></ExpirySettings><UseResponseCacheHeaders>true</UseResponseCacheHeaders></ResponseCache>"));

        await desk.GetAsync("/lives");
        await desk.GetAsync("/lives");
        Assert.Equal(seconds == 0 ? 2 : 1, target.Calls.Count);
        if (seconds == 0)
            return;
        clock.Shift(TimeSpan.FromSeconds(seconds - 20));
        await desk.GetAsync("/lives");
        Assert.Single(target.Calls);
        clock.Shift(TimeSpan.FromSeconds(22));
        await desk.GetAsync("/lives");
        Assert.Equal(2, target.Calls.Count);
    }

    [Theory]
    [InlineData(404, "", true)]
    [InlineData(404, "<ExcludeErrorResponse>true</ExcludeErrorResponse>", false)]
    [InlineData(200, "<ExcludeErrorResponse>true</ExcludeErrorResponse>", true)]
    [InlineData(203, "<ExcludeErrorResponse>true</ExcludeErrorResponse>", true)]
    [InlineData(301, "<ExcludeErrorResponse>true</ExcludeErrorResponse>", false)]
    [InlineData(301, "", true)]
    [InlineData(404, "<SkipCachePopulation>response.status.code &gt;= 400</SkipCachePopulation>", false)]
    [InlineData(200, "<SkipCachePopulation>response.status.code &gt;= 400</SkipCachePopulation>", true)]
    [Statement("C20", "C21", "C22", "C38")]
    [Contract("gateway 1.6", "gateway Ruling 4")]
    public async Task Any_status_is_stored_unless_errors_are_excluded_or_a_condition_says_no(int status, string more, bool isStored)
    {
        await using var target = await SampleTarget.StartAsync();
        target.AnswerWith(status, "body", ("X-Target", "t"));
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("codes", BundleText.Proxy("/codes", target.Url, "RC", "RC", "<FaultRules><FaultRule name=\"f\"><Step><Name>Seen</Name></Step></FaultRule></FaultRules>")
            .Policy($"<ResponseCache name=\"RC\"><CacheKey><KeyFragment>k</KeyFragment></CacheKey><ExpirySettings><TimeoutInSeconds>60</TimeoutInSeconds></ExpirySettings>{more}</ResponseCache>")
            .Policy(FlowOrderTests.Add("Seen", "X-Fault", "{fault.name}")));

        using var first = await desk.SendAsync("GET", "/codes", null);
        using var second = await desk.SendAsync("GET", "/codes", null);

        Assert.Equal(isStored ? 1 : 2, target.Calls.Count);
        foreach (var answer in (HttpResponseMessage[])[first, second])
        {
            Assert.Equal((status, "body", "t"), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), answer.Headers.GetValues("X-Target").Single()));
            Assert.Equal(status == 404, answer.Headers.Contains("X-Fault")); // a stored error is a fault again
        }
    }

    [Fact]
    [Statement("C41")]
    [Contract("gateway 1.6")]
    public async Task Clients_with_a_copy_are_told_that_it_is_the_same_and_others_get_what_they_can_read()
    {
        await using var target = await SampleTarget.StartAsync();
        var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
            await gzip.WriteAsync("plain text"u8.ToArray(), TestContext.Current.CancellationToken);
        target.Answer = async (http, _) =>
        {
            (http.Response.Headers.ETag, http.Response.Headers.ContentEncoding) = ("\"e1\"", "gzip");
            await http.Response.Body.WriteAsync(packed.ToArray());
        };
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("weather", BundleText.Proxy("/weather", target.Url, "ResponseCache", "ResponseCache").Policy(Weather));
        await desk.GetAsync("/weather?w=1", ("Accept-Encoding", "gzip"));

        using var same = await desk.SendAsync("GET", "/weather?w=1", null, ("If-None-Match", "\"e0\", W/\"e1\""));
        using var taken = await desk.SendAsync("GET", "/weather?w=1", null, ("Accept-Encoding", "br, gzip"));
        using var plain = await desk.SendAsync("GET", "/weather?w=1", null, ("Accept-Encoding", "gzip;q=0"));

        Assert.Equal((HttpStatusCode.NotModified, "\"e1\""), (same.StatusCode, same.Headers.ETag!.Tag));
        Assert.Equal(packed.ToArray(), await taken.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal("plain text", await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.True(plain.Headers.ETag!.IsWeak);
        Assert.Single(target.Calls);
    }

    [Fact]
    [Statement("C14", "C46")]
    [Contract("gateway 1.4", "gateway 1.6")]
    public async Task Keys_over_2_KB_and_bodies_over_the_limit_are_not_stored()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("weather", BundleText.Proxy("/weather", target.Url, "ResponseCache", "ResponseCache").Policy(Weather));
        var long_ = new string('k', 2_048);

        await desk.GetAsync("/weather?w=" + long_);
        await desk.GetAsync("/weather?w=" + long_);
        Assert.Equal(2, target.Calls.Count);
        target.AnswerWith(200, new string('x', (256 << 10) + 1));
        await desk.GetAsync("/weather?w=big");
        await desk.GetAsync("/weather?w=big");
        Assert.Equal(4, target.Calls.Count);
        target.AnswerWith(200, new string('x', 256 << 10));
        await desk.GetAsync("/weather?w=fits");
        await desk.GetAsync("/weather?w=fits");
        Assert.Equal(5, target.Calls.Count);
    }

    [Fact]
    public async Task With_collapsing_one_request_of_a_key_goes_to_the_target_and_the_others_wait()
    {
        await using var target = await SampleTarget.StartAsync();
        var gate = new TaskCompletionSource();
        target.Answer = async (http, number) =>
        {
            await gate.Task;
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, $"answer {number}");
        };
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("weather", BundleText.Proxy("/weather", target.Url, "RC", "RC").Policy("""
            <ResponseCache name="RC"><Properties><Property name="sluice.collapse">true</Property><Property name="sluice.hit-header">X-Cache</Property></Properties>
              <CacheKey><KeyFragment>k</KeyFragment></CacheKey><ExpirySettings><TimeoutInSeconds>60</TimeoutInSeconds></ExpirySettings></ResponseCache>
            """));

        var first = desk.SendAsync("GET", "/weather", null);
        await Until.TrueAsync(() => target.Calls.Count > 0);
        var others = Enumerable.Range(0, 20).Select(_ => desk.SendAsync("GET", "/weather", null)).ToList();
        gate.SetResult();
        var answers = await Task.WhenAll(others.Append(first));

        Assert.Single(target.Calls);
        Assert.Equal(20, answers.Count(answer => answer.Headers.GetValues("X-Cache").Single() == "HIT"));
        foreach (var answer in answers)
            Assert.Equal("answer 1", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task With_stale_if_error_an_entry_that_is_over_stands_in_for_a_target_that_fails()
    {
        var clock = new ShiftedClock();
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, clock);
        await desk.DeployAsync("weather", BundleText.Proxy("/weather", target.Url, "RC", "RC").Policy("""
            <ResponseCache name="RC"><Properties><Property name="sluice.stale-if-error">600</Property><Property name="sluice.hit-header">X-Cache</Property></Properties>
              <CacheKey><KeyFragment>k</KeyFragment></CacheKey><ExpirySettings><TimeoutInSeconds>60</TimeoutInSeconds></ExpirySettings></ResponseCache>
            """));
        await desk.GetAsync("/weather");
        clock.Shift(TimeSpan.FromSeconds(100));
        target.AnswerWith(503, "away");

        using var stale = await desk.SendAsync("GET", "/weather", null);
        clock.Shift(TimeSpan.FromSeconds(600));
        using var over = await desk.SendAsync("GET", "/weather", null);

        Assert.Equal((200, "answer 1", "STALE"), ((int)stale.StatusCode, await stale.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), stale.Headers.GetValues("X-Cache").Single()));
        Assert.Equal(503, (int)over.StatusCode);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Statement("C19", "C47")]
    [Contract("gateway 2.4", "gateway 1.7", "gateway Ruling 7")]
    public async Task A_named_cache_is_listed_cleared_by_key_and_prefix_and_sealed_on_disk(StoreKind kind)
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync(kind);
        var (made, _) = await desk.ManageAsync("POST", "environments/production/caches?name=fresh", new System.Text.Json.Nodes.JsonObject { ["expirySettings"] = new System.Text.Json.Nodes.JsonObject { ["timeoutInSec"] = new System.Text.Json.Nodes.JsonObject { ["value"] = "60" } } });
        await desk.DeployAsync("weather", BundleText.Proxy("/weather", target.Url, "RC", "RC").Policy("""
            <ResponseCache name="RC"><CacheKey><Prefix>city</Prefix><KeyFragment ref="request.queryparam.w"/><KeyFragment ref="request.queryparam.day"/></CacheKey>
              <CacheResource>fresh</CacheResource><ExpirySettings/></ResponseCache>
            """));
        target.Answer = (http, number) => Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, $"SECRET-WEATHER {number}");
        foreach (var query in (string[])["w=oslo&day=1", "w=oslo&day=2", "w=bergen&day=1"])
            await desk.GetAsync("/weather?" + query);

        var (_, list) = await desk.ManageAsync("GET", "environments/production/caches/fresh/entries");
        await desk.ManageAsync("POST", "environments/production/caches/fresh/entries/city__oslo__1?action=clear");
        await desk.GetAsync("/weather?w=oslo&day=1");
        Assert.Equal(4, target.Calls.Count);
        await desk.ManageAsync("POST", "environments/production/caches/fresh/entries?action=clear&prefix=city__oslo");
        await desk.GetAsync("/weather?w=oslo&day=2");
        await desk.GetAsync("/weather?w=bergen&day=1");
        Assert.Equal(5, target.Calls.Count);
        await desk.ManageAsync("POST", "environments/production/caches/fresh/entries?action=clear");
        await desk.GetAsync("/weather?w=bergen&day=1");
        Assert.Equal(6, target.Calls.Count);

        Assert.Equal(HttpStatusCode.Created, made);
        Assert.Equal(["city__bergen__1", "city__oslo__1", "city__oslo__2"], list!["entries"]!.AsArray().Select(entry => entry!["key"]!.GetValue<string>()).Order());
        foreach (var file in Directory.EnumerateFiles(desk.House.Folder, "cache.db*", SearchOption.AllDirectories))
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(open, System.Text.Encoding.Latin1);
            var bytes = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain("SECRET-WEATHER", bytes);
            Assert.DoesNotContain("oslo", bytes);
        }
    }

    [Fact]
    [Contract("gateway 1.3", "gateway 2.4")]
    public async Task Entries_outlive_a_restart()
    {
        await using var target = await SampleTarget.StartAsync();
        var folder = Directory.CreateTempSubdirectory("sluice-gateway").FullName;
        try
        {
            await using (var desk = await GatewayDesk.OpenInAsync(folder))
            {
                await desk.DeployAsync("weather", BundleText.Proxy("/weather", target.Url, "ResponseCache", "ResponseCache").Policy(Weather));
                await desk.GetAsync("/weather?w=1");
            }
            await using var again = await GatewayDesk.OpenInAsync(folder);

            var answer = await again.GetAsync("/weather?w=1");

            Assert.Equal("answer 1", answer.Body);
            Assert.Single(target.Calls);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("<CacheLookupTimeoutInSeconds>-1</CacheLookupTimeoutInSeconds>", "RC", "RC", "InvalidTimeout", "CacheLookupTimeoutInSeconds -1 value should be greater than zero.")]
    [InlineData("<CacheResource>nowhere</CacheResource>", "RC", "RC", "InvalidCacheResourceReference", "Invalid cache resource reference nowhere in Step definition RC. Context Revision:1;APIProxy:bad;Organization:{0};Environment:production")]
    [InlineData("", "RC RC", "RC", "ResponseCacheStepAttachmentNotAllowedReq", "Response cache step definition RC can not be attached more than once in the request path.")]
    [InlineData("", "RC", "RC RC", "ResponseCacheStepAttachmentNotAllowedResp", "Response cache step definition RC can not be attached more than once in the response path.")]
    [InlineData("<SkipCacheLookup>a === b</SkipCacheLookup>", "RC", "RC", "InvalidMessagePatternForErrorCode", "Invalid message pattern found for error code steps.cache.InvalidSkipCacheLookUpCondition.")]
    [InlineData("<SkipCachePopulation>=</SkipCachePopulation>", "RC", "RC", "InvalidMessagePatternForErrorCode", "Invalid message pattern found for error code steps.cache.InvalidSkipCachePopulationCondition.")]
    [Statement("C57", "C58", "C59", "C60", "C61")]
    [Contract("gateway 1.9", "gateway Ruling 1")]
    public async Task A_policy_that_cannot_work_refuses_the_deployment_by_the_published_name(string settings, string request, string response, string name, string text)
    {
        await using var desk = await GatewayDesk.OpenAsync();

        var refusal = await desk.RefusalAsync("bad", BundleText.Proxy("/bad", null, request, response)
            .Policy($"<ResponseCache name=\"RC\"><CacheKey><KeyFragment>k</KeyFragment></CacheKey><ExpirySettings/>{settings}</ResponseCache>"));

        Assert.Equal(name, refusal["code"]!.GetValue<string>());
        Assert.StartsWith("Error Deploying Revision 1 to production: " + text.Replace("{0}", desk.House.TenantId, StringComparison.Ordinal), refusal["message"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("<ExpirySettings/>", "MissingCacheKey")]
    [InlineData("<CacheKey/>", "MissingExpirySettings")]
    [Statement("C13", "C24")]
    [Contract("gateway Ruling 1", "gateway 1.2")]
    public async Task A_missing_key_or_lifetime_refuses_the_deployment(string settings, string name)
    {
        await using var desk = await GatewayDesk.OpenAsync();

        var refusal = await desk.RefusalAsync("bad", BundleText.Proxy("/bad", null, "RC", "RC").Policy($"<ResponseCache name=\"RC\">{settings}</ResponseCache>"));

        Assert.Equal(name, refusal["code"]!.GetValue<string>());
    }

    [Fact]
    [Statement("C7")]
    [Contract("gateway Ruling 2", "gateway 1.1", "gateway 1.2")]
    public async Task The_pages_element_template_deploys_as_printed()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.ManageAsync("POST", "environments/production/caches?name=cache_to_use", new System.Text.Json.Nodes.JsonObject());
        await desk.DeployAsync("template", BundleText.Proxy("/template", target.Url, "Response-Cache-1", "Response-Cache-1").Policy("""
            <ResponseCache async="false" continueOnError="false" enabled="true" name="Response-Cache-1">
              <DisplayName>Response Cache 1</DisplayName> <Properties/>
              <CacheKey> <Prefix/> <KeyFragment ref="request.uri" /> </CacheKey>
              <Scope>Exclusive</Scope>
              <ExpirySettings> <ExpiryDate/> <TimeOfDay/> <TimeoutInSeconds ref="flow.variable.here">300</TimeoutInSeconds> </ExpirySettings>
              <CacheResource>cache_to_use</CacheResource> <CacheLookupTimeoutInSeconds/> <ExcludeErrorResponse/> <SkipCacheLookup/> <SkipCachePopulation/>
              <UseAcceptHeader/> <UseResponseCacheHeaders/>
            </ResponseCache>
            """));

        await desk.GetAsync("/template/a?b=1");
        await desk.GetAsync("/template/a?b=1");
        await desk.GetAsync("/template/a?b=2");

        Assert.Equal(2, target.Calls.Count);
    }
}
