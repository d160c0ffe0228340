using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>PopulateCache, LookupCache and InvalidateCache through the public door (contract gateway.md 2).</summary>
public sealed class CachePolicyTests
{
    private const string Key = """<CacheKey><Prefix>P</Prefix><KeyFragment ref="request.queryparam.k"/></CacheKey><Scope>Exclusive</Scope>""";
    private const string Minute = "<ExpirySettings><TimeoutInSeconds>60</TimeoutInSeconds></ExpirySettings>";

    private const string Show = """
        <RaiseFault name="Show"><FaultResponse><Set><StatusCode>200</StatusCode>
        <Payload contentType="text/plain">{lookupcache.Look.cachehit}|{found:none}|{lookupcache.Look.cachename}|{lookupcache.Look.cachekey}|{lookupcache.Look.assignto}</Payload></Set></FaultResponse></RaiseFault>
        """;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Statement("C4")]
    [Contract("gateway 2.1", "gateway 2.2")]
    public async Task A_value_that_was_kept_is_found_under_its_key_until_its_time_is_over(StoreKind kind)
    {
        var clock = new ShiftedClock();
        await using var desk = await GatewayDesk.OpenAsync(kind, clock);
        await desk.DeployAsync("keep", BundleText.Proxy("/keep", null, "Keep").Policy($"""<PopulateCache name="Keep">{Key}{Minute}<Source>request.queryparam.v</Source></PopulateCache>"""));
        await desk.DeployAsync("look", BundleText.Proxy("/look", null, "Look Show").Policy($"""<LookupCache name="Look">{Key}<AssignTo>found</AssignTo></LookupCache>""").Policy(Show));

        var before = await desk.GetAsync("/look?k=1");
        await desk.GetAsync("/keep?k=1&v=one");
        await desk.GetAsync("/keep?k=2");
        var found = await desk.GetAsync("/look?k=1");
        var other = await desk.GetAsync("/look?k=2");
        await desk.GetAsync("/keep?k=1&v=two");
        var again = await desk.GetAsync("/look?k=1");
        clock.Shift(TimeSpan.FromSeconds(61));
        var late = await desk.GetAsync("/look?k=1");

        var cache = $"{desk.House.TenantId}__production__default";
        Assert.Equal($"false|none|{cache}|P__1|found", before.Body);
        Assert.Equal($"true|one|{cache}|P__1|found", found.Body);
        Assert.Equal($"false|none|{cache}|P__2|found", other.Body);
        Assert.StartsWith("true|two|", again.Body);
        Assert.StartsWith("false|none|", late.Body);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 2.1", "gateway 2.2", "gateway 2.4")]
    public async Task A_message_and_a_number_come_back_as_what_they_were_also_from_the_database(StoreKind kind)
    {
        // Memory that forgets at once leaves the database to answer.
        await using var target = await SampleTarget.StartAsync();
        target.AnswerWith(201, "body", ("X-One", "1"), ("Content-Type", "text/x"));
        await using var desk = await GatewayDesk.OpenAsync(kind, "Gateway:CacheMemoryLifetime=00:00:00.0000001");
        await desk.DeployAsync("keep", BundleText.Proxy("/keep", target.Url, "Ask", "Keep Number")
            .Policy($"""<PopulateCache name="Keep">{Key}{Minute}<Source>response</Source></PopulateCache>""")
            .Policy("""<PopulateCache name="Ask"><CacheKey><Prefix>R</Prefix></CacheKey><ExpirySettings/><Source>request</Source></PopulateCache>""")
            .Policy("""<PopulateCache name="Number"><CacheKey><Prefix>N</Prefix></CacheKey><ExpirySettings/><Source>response.status.code</Source></PopulateCache>"""));
        await desk.DeployAsync("look", BundleText.Proxy("/look", null, "Look Number Ask Show")
            .Policy($"""<LookupCache name="Look">{Key}<AssignTo>found</AssignTo></LookupCache>""")
            .Policy("""<LookupCache name="Number"><CacheKey><Prefix>N</Prefix></CacheKey><AssignTo>number</AssignTo></LookupCache>""")
            .Policy("""<LookupCache name="Ask"><CacheKey><Prefix>R</Prefix></CacheKey><AssignTo>asked</AssignTo></LookupCache>""")
            .Policy("""<RaiseFault name="Show"><FaultResponse><Set><StatusCode>200</StatusCode><Payload>{found.status.code}|{found.header.x-one}|{found.content}|{number}|{asked.verb}|{asked.path}|{asked.queryparam.k}</Payload></Set></FaultResponse></RaiseFault>"""));

        await desk.GetAsync("/keep/a?k=1");
        var found = await desk.GetAsync("/look?k=1");

        Assert.Equal("201|1|body|201|GET|/keep/a|1", found.Body);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Statement("C4", "C63")]
    [Contract("gateway 2.3", "gateway 1.4")]
    public async Task An_entry_is_taken_out_by_its_key_and_with_children_everything_below_it(StoreKind kind)
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync(kind);
        await desk.DeployAsync("weather", BundleText.Proxy("/weather", target.Url, "RC", "RC").Policy(
            """<ResponseCache name="RC"><CacheKey><KeyFragment>w</KeyFragment><KeyFragment ref="request.queryparam.w"/></CacheKey><Scope>Application</Scope><ExpirySettings><TimeoutInSeconds>600</TimeoutInSeconds></ExpirySettings></ResponseCache>"""));
        await desk.DeployAsync("purge", BundleText.Proxy("/purge", null, """
            <Step><Name>One</Name><Condition>request.queryparam.w != null</Condition></Step><Step><Name>All</Name><Condition>request.queryparam.w = null</Condition></Step>
            """)
            .Policy("""<InvalidateCache name="One"><CacheKey><KeyFragment>w</KeyFragment><KeyFragment ref="request.queryparam.w"/></CacheKey><Scope>Application</Scope><CacheContext><APIProxyName>weather</APIProxyName></CacheContext></InvalidateCache>""")
            .Policy("""<InvalidateCache name="All"><CacheKey/><Scope>Application</Scope><CacheContext><APIProxyName ref="request.queryparam.proxy">nobody</APIProxyName></CacheContext><PurgeChildEntries>true</PurgeChildEntries></InvalidateCache>"""));
        async Task<string> AskAsync() => (await desk.GetAsync("/weather?w=1")).Body + "," + (await desk.GetAsync("/weather?w=2")).Body;

        var first = await AskAsync();
        await desk.GetAsync("/purge?w=3");
        var untouched = await AskAsync();
        await desk.GetAsync("/purge?w=1");
        var one = await AskAsync();
        await desk.GetAsync("/purge");
        var nobody = await AskAsync();
        await desk.GetAsync("/purge?proxy=weather");
        var all = await AskAsync();

        Assert.Equal("answer 1,answer 2", first);
        Assert.Equal("answer 1,answer 2", untouched);
        Assert.Equal("answer 3,answer 2", one);
        Assert.Equal("answer 3,answer 2", nobody);
        Assert.Equal("answer 4,answer 5", all);
    }

    [Fact]
    [Contract("gateway 2.1")]
    public async Task A_body_that_is_passed_on_while_it_arrives_cannot_be_cached()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("keep", BundleText.Proxy("/keep", null, "", "Keep")
            .WithTarget(target.Url, "", """<Properties><Property name="response.streaming.enabled">true</Property></Properties>""")
            .With("proxies/default.xml", """<ProxyEndpoint name="default"><PreFlow><Response><Step><Name>Keep</Name></Step></Response></PreFlow><HTTPProxyConnection><BasePath>/keep</BasePath></HTTPProxyConnection><RouteRule name="r"><TargetEndpoint>default</TargetEndpoint></RouteRule></ProxyEndpoint>""")
            .Policy($"""<PopulateCache name="Keep">{Key}{Minute}<Source>response</Source></PopulateCache>"""));

        var answer = await desk.GetAsync("/keep?k=1");

        Assert.Equal(500, answer.Status);
        Assert.Contains("policies.populatecache.EntryCannotBeCached", answer.Body);
    }

    [Fact]
    [Contract("gateway 1.9", "gateway 2.1", "gateway 2.2", "gateway 2.3", "gateway Ruling 1")]
    public async Task What_is_wrong_in_the_policy_refuses_the_deployment_by_its_published_name()
    {
        (string Name, string Policy)[] rows =
        [
            ("MissingCacheKey", $"<PopulateCache name='P'>{Minute}<Source>a</Source></PopulateCache>"),
            ("MissingExpirySettings", $"<PopulateCache name='P'>{Key}<Source>a</Source></PopulateCache>"),
            ("MissingSource", $"<PopulateCache name='P'>{Key}{Minute}<Source/></PopulateCache>"),
            ("InvalidCacheResourceReference", $"<PopulateCache name='P'>{Key}{Minute}<Source>a</Source><CacheResource>none</CacheResource></PopulateCache>"),
            ("MissingCacheKey", "<LookupCache name='P'><AssignTo>a</AssignTo></LookupCache>"),
            ("MissingAssignTo", $"<LookupCache name='P'>{Key}</LookupCache>"),
            ("InvalidTimeout", $"<LookupCache name='P'>{Key}<AssignTo>a</AssignTo><CacheLookupTimeoutInSeconds>-1</CacheLookupTimeoutInSeconds></LookupCache>"),
            ("InvalidCacheResourceReference", $"<LookupCache name='P'>{Key}<AssignTo>a</AssignTo><CacheResource>none</CacheResource></LookupCache>"),
            ("MissingCacheKey", "<InvalidateCache name='P'/>"),
            ("InvalidCacheResourceReference", $"<InvalidateCache name='P'>{Key}<CacheResource>none</CacheResource></InvalidateCache>"),
            ("InvalidScope", "<InvalidateCache name='P'><CacheKey/><Scope>Universe</Scope></InvalidateCache>"),
        ];
        await using var desk = await GatewayDesk.OpenAsync();
        foreach (var (name, policy) in rows)
        {
            var refusal = await desk.RefusalAsync("x", BundleText.Proxy("/x", null, "P").Policy(policy));

            Assert.Equal((name, policy), (refusal["faults"]![0]!["name"]!.GetValue<string>(), policy));
        }
    }

    [Fact]
    [Contract("gateway 2.4")]
    public async Task A_named_cache_is_apart_from_the_shared_one_and_is_cleared_by_management()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.ManageAsync("POST", "environments/production/caches?name=mine", new JsonObject { ["name"] = "mine" });
        var named = Key + "<CacheResource>mine</CacheResource>";
        await desk.DeployAsync("keep", BundleText.Proxy("/keep", null, "Keep").Policy($"""<PopulateCache name="Keep">{named}{Minute}<Source>request.queryparam.v</Source></PopulateCache>"""));
        await desk.DeployAsync("look", BundleText.Proxy("/look", null, "Look Show").Policy($"""<LookupCache name="Look">{named}<AssignTo>found</AssignTo></LookupCache>""").Policy(Show));
        await desk.DeployAsync("other", BundleText.Proxy("/other", null, "Look Show").Policy($"""<LookupCache name="Look">{Key}<AssignTo>found</AssignTo></LookupCache>""").Policy(Show));

        await desk.GetAsync("/keep?k=1&v=one");
        var found = await desk.GetAsync("/look?k=1");
        var shared = await desk.GetAsync("/other?k=1");
        var (status, _) = await desk.ManageAsync("POST", "environments/production/caches/mine/entries/P__1?action=clear");
        var cleared = await desk.GetAsync("/look?k=1");

        Assert.StartsWith("true|one|mine|", found.Body);
        Assert.StartsWith("false|", shared.Body);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.StartsWith("false|", cleared.Body);
    }
}
