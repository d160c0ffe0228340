using System.Text.Json.Nodes;
using Sluice.Gateway.Limits;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>Quota and SpikeArrest: what fits is let through, what does not is refused and not counted (contract gateway.md 7, 6.3).</summary>
public sealed class QuotaTests
{
    private const string Show = """
        <AssignMessage name="Show"><IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables><Set><Payload contentType="text/plain">{ratelimit.Q.allowed.count} {ratelimit.Q.used.count} {ratelimit.Q.available.count} {ratelimit.Q.exceed.count} {ratelimit.Q.identifier}</Payload></Set></AssignMessage>
        """;

    [Theory]
    [InlineData(StoreKind.Sqlite, "default", "")]
    [InlineData(StoreKind.Postgres, "default", "")]
    [InlineData(StoreKind.Sqlite, "calendar", "<StartTime>2024-01-01 00:00:00</StartTime>")]
    [InlineData(StoreKind.Sqlite, "flexi", "")]
    [InlineData(StoreKind.Sqlite, "rollingwindow", "")]
    [InlineData(StoreKind.Postgres, "rollingwindow", "<Distributed>true</Distributed><Synchronous>true</Synchronous>")]
    [InlineData(StoreKind.Postgres, "flexi", "<Distributed>true</Distributed><Synchronous>true</Synchronous>")]
    [Contract("gateway 7", "gateway 6.3")]
    public async Task A_window_lets_through_what_it_allows_and_the_next_begins_anew(StoreKind kind, string type, string more)
    {
        var clock = AtStartOfHour();
        await using var desk = await GatewayDesk.OpenAsync(kind, clock);
        await DeployAsync(desk, $"""<Quota name="Q" type="{type}"><Identifier ref="request.queryparam.id"/><Allow count="2"/><Interval>1</Interval><TimeUnit>hour</TimeUnit>{more}</Quota>""");

        var first = await desk.GetAsync("/q?id=a");
        var second = await desk.GetAsync("/q?id=a");
        var third = await desk.GetAsync("/q?id=a");
        var other = await desk.GetAsync("/q?id=b");
        clock.Shift(TimeSpan.FromHours(1));
        var later = await desk.GetAsync("/q?id=a");

        Assert.Equal((200, "2 1 1 0 a"), first);
        Assert.Equal((200, "2 2 0 0 a"), second);
        Assert.Equal(429, third.Status);
        Assert.Equal("""{"fault":{"faultstring":"Rate limit quota violation. Quota limit  exceeded. Identifier : a","detail":{"errorcode":"policies.ratelimit.QuotaViolation"}}}""", third.Body);
        Assert.Equal((200, "2 1 1 0 b"), other);
        Assert.Equal((200, "2 1 1 0 a"), later);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<Distributed>true</Distributed><Synchronous>true</Synchronous>")]
    [Contract("gateway 7")]
    public async Task However_many_calls_come_at_once_exactly_as_many_as_are_allowed_are_let_through(string more)
    {
        await using var desk = await GatewayDesk.OpenAsync(more.Length > 0 ? StoreKind.Postgres : StoreKind.Sqlite, AtStartOfHour());
        await DeployAsync(desk, $"""<Quota name="Q"><Allow count="25"/><Interval>1</Interval><TimeUnit>hour</TimeUnit>{more}</Quota>""");

        var answers = await Task.WhenAll(Enumerable.Range(0, 80).Select(_ => desk.GetAsync("/q")));

        Assert.Equal(25, answers.Count(answer => answer.Status == 200));
        Assert.Equal(55, answers.Count(answer => answer.Status == 429));
    }

    [Fact]
    [Contract("gateway 7")]
    public async Task Nodes_of_one_store_share_a_quota_that_is_distributed_and_synchronous()
    {
        await using var nodes = await GatewayNodes.StartAsync();
        await DeployAsync(nodes.One, """<Quota name="Q" type="flexi"><Allow count="7"/><Interval>1</Interval><TimeUnit>day</TimeUnit><Distributed>true</Distributed><Synchronous>true</Synchronous></Quota>""");
        await Until.SeenAsync(() => nodes.Two.GetAsync("/q"), answer => answer.Status == 200);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => (number % 2 == 0 ? nodes.One : nodes.Two).GetAsync("/q")));

        Assert.Equal(6, answers.Count(answer => answer.Status == 200));
    }

    [Fact]
    [Contract("gateway 7")]
    public async Task The_quota_of_the_verified_product_counts_and_the_default_configuration_without_one()
    {
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, AtStartOfHour());
        await desk.DeployAsync("q", BundleText.Proxy("/q", null, "Verify Q", "Show").Policy(Show)
            .Policy("""<VerifyAPIKey name="Verify"><APIKey ref="request.queryparam.apikey"/></VerifyAPIKey>""")
            .Policy("""<Quota name="Q"><Identifier ref="client_id"/><UseQuotaConfigInAPIProduct stepName="Verify"><DefaultConfig><Allow count="9"/><Interval>1</Interval><TimeUnit>hour</TimeUnit></DefaultConfig></UseQuotaConfigInAPIProduct></Quota>"""));
        var key = ConsumerSample.KeyOf(await desk.NewAppAsync(new JsonObject { ["quota"] = "1", ["quotaInterval"] = "1", ["quotaTimeUnit"] = "hour" }));
        await desk.NewProductAsync("free");
        var free = ConsumerSample.KeyOf(await desk.CreateAsync($"developers/{ConsumerSample.Jane}/apps", new JsonObject { ["name"] = "free", ["apiProducts"] = new JsonArray("free") }));

        var first = await desk.GetAsync($"/q?apikey={key}");
        var second = await desk.GetAsync($"/q?apikey={key}");
        var unlimited = await desk.GetAsync($"/q?apikey={free}");

        Assert.Equal((200, $"1 1 0 0 {key}"), first);
        Assert.Equal(429, second.Status);
        Assert.Equal((200, $"9 1 8 0 {free}"), unlimited);
    }

    [Fact]
    [Contract("gateway 7")]
    public async Task Weights_references_and_shared_names_count_together()
    {
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, AtStartOfHour());
        const string Common = """<SharedName>both</SharedName><Allow count="1" countRef="request.queryparam.allow"/><Interval ref="request.queryparam.n">1</Interval><TimeUnit ref="request.queryparam.unit"/>""";
        await desk.DeployAsync("q", BundleText.Proxy("/q", null, "Enforce Q", "Show").Policy(Show)
            .Policy($"""<Quota name="Enforce">{Common}<EnforceOnly>true</EnforceOnly></Quota>""")
            .Policy($"""<Quota name="Q">{Common}<CountOnly>true</CountOnly><MessageWeight ref="request.queryparam.w"/></Quota>"""));

        var light = await desk.GetAsync("/q?allow=5&unit=day&w=2");
        var heavy = await desk.GetAsync("/q?allow=5&unit=day&w=4");
        var refused = await desk.GetAsync("/q?allow=5&unit=day&w=1");
        var free = await desk.GetAsync("/q?allow=7&unit=day&w=0");

        Assert.Equal((200, "5 2 3 0 _default"), light);
        Assert.Equal((200, "5 6 0 0 _default"), heavy);
        Assert.Equal(429, refused.Status);
        Assert.Equal((200, "7 6 1 0 _default"), free);
    }

    [Theory]
    [InlineData("/q?w=much&unit=day&n=1", "policies.ratelimit.InvalidMessageWeight")]
    [InlineData("/q?unit=day&n=none", "policies.ratelimit.FailedToResolveQuotaIntervalReference")]
    [InlineData("/q?n=1", "policies.ratelimit.FailedToResolveQuotaIntervalTimeUnitReference")]
    [Contract("gateway 6.3", "gateway 7")]
    public async Task What_a_quota_cannot_make_out_is_a_fault(string path, string code)
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await DeployAsync(desk, """<Quota name="Q"><Allow count="5"/><Interval ref="request.queryparam.n"/><TimeUnit ref="request.queryparam.unit"/><MessageWeight ref="request.queryparam.w"/></Quota>""");

        var answer = await desk.GetAsync(path);

        Assert.Equal((500, code), (answer.Status, ConsumerSample.CodeOf(answer.Body)));
    }

    [Theory]
    [InlineData("""<Quota name="Q" type="weird"><Interval>1</Interval><TimeUnit>day</TimeUnit></Quota>""", "InvalidQuotaType")]
    [InlineData("""<Quota name="Q" type="calendar"><Interval>1</Interval><TimeUnit>day</TimeUnit></Quota>""", "InvalidStartTime")]
    [InlineData("""<Quota name="Q" type="calendar"><StartTime>soon</StartTime><Interval>1</Interval><TimeUnit>day</TimeUnit></Quota>""", "InvalidStartTime")]
    [InlineData("""<Quota name="Q"><Interval>0</Interval><TimeUnit>day</TimeUnit></Quota>""", "InvalidQuotaInterval")]
    [InlineData("""<Quota name="Q"><TimeUnit>day</TimeUnit></Quota>""", "InvalidQuotaInterval")]
    [InlineData("""<Quota name="Q"><Interval>1</Interval><TimeUnit>fortnight</TimeUnit></Quota>""", "InvalidQuotaTimeUnit")]
    [InlineData("""<Quota name="Q"><Allow count="some"/><Interval>1</Interval><TimeUnit>day</TimeUnit></Quota>""", "InvalidCount")]
    [InlineData("""<Quota name="Q"><Interval>1</Interval><TimeUnit>day</TimeUnit><MessageWeight>-1</MessageWeight></Quota>""", "InvalidMessageWeight")]
    [InlineData("""<Quota name="Q"><Interval>1</Interval><TimeUnit>day</TimeUnit><CountOnly>true</CountOnly><EnforceOnly>true</EnforceOnly></Quota>""", "InvalidQuotaUse")]
    [InlineData("""<SpikeArrest name="Q"><Rate>fast</Rate></SpikeArrest>""", "InvalidAllowedRate")]
    [InlineData("""<SpikeArrest name="Q"><Rate>0ps</Rate></SpikeArrest>""", "InvalidAllowedRate")]
    [InlineData("""<SpikeArrest name="Q"/>""", "InvalidAllowedRate")]
    [Contract("gateway 6.4")]
    public async Task A_limit_that_cannot_be_is_not_deployed(string policy, string name)
    {
        await using var desk = await GatewayDesk.OpenAsync();

        var refusal = await desk.RefusalAsync("q", BundleText.Proxy("/q", null, "Q").Policy(policy));

        Assert.Equal(name, refusal["code"]!.GetValue<string>());
    }

    [Fact]
    [Contract("gateway 7", "gateway 6.3")]
    public async Task A_spike_is_refused_until_its_turn_comes_for_each_identifier_alone()
    {
        var clock = new ShiftedClock();
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, clock);
        await DeployAsync(desk, """<SpikeArrest name="Q"><Rate>1pm</Rate><Identifier ref="request.queryparam.id"/><MessageWeight ref="request.queryparam.w"/></SpikeArrest>""");

        var first = await desk.GetAsync("/q?id=a&w=2");
        var spike = await desk.GetAsync("/q?id=a");
        var other = await desk.GetAsync("/q?id=b");
        clock.Shift(TimeSpan.FromSeconds(61));
        var heavy = await desk.GetAsync("/q?id=a");
        clock.Shift(TimeSpan.FromSeconds(60));
        var after = await desk.GetAsync("/q?id=a");

        Assert.Equal((200, 429, 200, 429, 200), (first.Status, spike.Status, other.Status, heavy.Status, after.Status));
        Assert.Equal("""{"fault":{"faultstring":"Spike arrest violation. Allowed rate : 1pm","detail":{"errorcode":"policies.ratelimit.SpikeArrestViolation"}}}""", spike.Body);
    }

    [Fact]
    [Contract("gateway 7")]
    public async Task With_the_effective_count_a_crowd_may_come_at_once()
    {
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, new ShiftedClock());
        await DeployAsync(desk, """<SpikeArrest name="Q"><Rate>3pm</Rate><UseEffectiveCount>true</UseEffectiveCount></SpikeArrest>""");

        var answers = new List<int>();
        for (var call = 0; call < 4; call++)
            answers.Add((await desk.GetAsync("/q")).Status);

        Assert.Equal([200, 200, 200, 429], answers);
    }

    [Theory]
    [InlineData("/q", "policies.ratelimit.FailedToResolveSpikeArrestRate")]
    [InlineData("/q?rate=1ps&w=-1", "policies.ratelimit.InvalidMessageWeight")]
    [Contract("gateway 6.3")]
    public async Task What_a_spike_arrest_cannot_make_out_is_a_fault(string path, string code)
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await DeployAsync(desk, """<SpikeArrest name="Q"><Rate ref="request.queryparam.rate"/><MessageWeight ref="request.queryparam.w"/></SpikeArrest>""");

        var answer = await desk.GetAsync(path);

        Assert.Equal((500, code), (answer.Status, ConsumerSample.CodeOf(answer.Body)));
    }

    [Fact]
    [Contract("gateway 6.3")]
    public async Task The_status_of_a_used_up_quota_can_be_that_of_old()
    {
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, "Gateway:QuotaStatus=500");
        await DeployAsync(desk, """<Quota name="Q" type="flexi"><Allow count="0"/><Interval>1</Interval><TimeUnit>day</TimeUnit></Quota>""");

        var answer = await desk.GetAsync("/q");

        Assert.Equal((500, "policies.ratelimit.QuotaViolation"), (answer.Status, ConsumerSample.CodeOf(answer.Body)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [Contract("gateway 7")]
    public void No_rolling_window_ever_holds_more_than_it_allows_and_none_is_refused_that_fits(int seed)
    {
        var random = new Random(seed);
        var period = new QuotaPeriod(QuotaKind.RollingWindow, 1, QuotaUnit.Minute, default);
        var counter = new QuotaCounter();
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var taken = new List<(DateTimeOffset At, int Weight)>();

        for (var call = 0; call < 2_000; call++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(10) == 0 ? random.Next(90_000) : random.Next(100, 3_000));
            var weight = random.Next(4);
            var used = taken.Where(one => one.At > now - TimeSpan.FromMinutes(1)).Sum(one => one.Weight);
            var verdict = counter.Take(new QuotaAsk(period, now, weight, 20, Counts: true, Enforces: true));

            Assert.Equal(used + weight > 20, verdict.IsOver);
            if (!verdict.IsOver)
                taken.Add((now, weight));
            if (call % 7 == 0)
                Assert.Equal(counter.Write(), QuotaCounter.Read(counter.Write()).Write());
        }
    }

    [Theory]
    [InlineData("Default", 1, "Minute", "2026-03-15T10:20:30Z", "2026-03-15T10:21:00Z")]
    [InlineData("Default", 6, "Hour", "2026-03-15T10:20:30Z", "2026-03-15T12:00:00Z")]
    [InlineData("Default", 1, "Week", "2026-03-15T10:20:30Z", "2026-03-16T00:00:00Z")]
    [InlineData("Default", 1, "Month", "2026-03-15T10:20:30Z", "2026-04-01T00:00:00Z")]
    [InlineData("Default", 3, "Month", "2026-03-15T10:20:30Z", "2026-04-01T00:00:00Z")]
    [InlineData("Calendar", 1, "Month", "2026-03-15T10:20:30Z", "2026-03-31T08:00:00Z")]
    [InlineData("Calendar", 2, "Day", "2026-03-15T10:20:30Z", "2026-03-17T08:00:00Z")]
    [InlineData("Calendar", 1, "Day", "2024-01-01T00:00:00Z", "2026-01-30T08:00:00Z")]
    [InlineData("Flexi", 1, "Month", "2026-03-15T10:20:30Z", "2026-04-15T10:20:30Z")]
    [Contract("gateway 7")]
    public void A_window_ends_where_the_calendar_or_its_start_has_it(string kind, int interval, string unit, string now, string end)
    {
        var start = new DateTimeOffset(2026, 1, 30, 8, 0, 0, TimeSpan.Zero);
        start = unit == "Month" && kind == "Calendar" ? start.AddDays(1) : start;
        var period = new QuotaPeriod(Enum.Parse<QuotaKind>(kind), interval, Enum.Parse<QuotaUnit>(unit), start);

        var ends = DateTimeOffset.FromUnixTimeMilliseconds(period.EndOf(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)));

        Assert.Equal(DateTimeOffset.Parse(end, System.Globalization.CultureInfo.InvariantCulture), ends);
    }

    private static Task<string> DeployAsync(GatewayDesk desk, string policy) => desk.DeployAsync("q", BundleText.Proxy("/q", null, "Q", "Show").Policy(policy).Policy(Show));

    private static ShiftedClock AtStartOfHour()
    {
        var clock = new ShiftedClock();
        var now = clock.GetUtcNow();
        clock.Shift(TimeSpan.FromHours(1) - TimeSpan.FromTicks(now.Ticks % TimeSpan.TicksPerHour));
        return clock;
    }
}
