using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Sluice.AcceptanceTests.Durability;
using Sluice.Tests.Doubles;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>A server with something of everything in it, so that each page of the console has what to show.</summary>
internal sealed class FurnishedServer(House house, HttpClient admin)
{
    private const string Device = "10000000000000000000000000000000000001";

    /// <summary>What stands for the names in <see cref="ConsoleRoutes"/>: beginnings of routes up to the name.</summary>
    internal Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>Addresses below <c>/console/</c> where pages show what they do not begin with.</summary>
    internal List<string> States { get; } = [];

    internal string Organization { get; private set; } = "";

    private string Gateway => $"/v1/organizations/{Organization}";

    internal async Task FillAsync()
    {
        Organization = JsonNode.Parse(await admin.GetStringAsync("/v1/organizations", TestContext.Current.CancellationToken))![0]!.GetValue<string>();
        await CollectAsync();
        await BuildAudienceAsync(await AddAudienceAsync());
        await AddAccountsAsync();
        await DeployAsync();
        await AddConsumersAsync();
    }

    /// <summary>A proxy with a cache, a conditional flow and two routes.</summary>
    internal async Task DeployAsync()
    {
        Organization = JsonNode.Parse(await admin.GetStringAsync("/v1/organizations", TestContext.Current.CancellationToken))![0]!.GetValue<string>();
        await PostAsync($"{Gateway}/environments/production/caches?name=weather", new JsonObject());
        await BringBundlesAsync();
        foreach (var what in (string[])["w=riga&day=1", "w=riga&day=2", "w=oslo&day=1", "w=riga&day=1"])
            await admin.GetStringAsync($"/forecast?{what}", TestContext.Current.CancellationToken);
        var session = await PostAsync($"{Gateway}/environments/production/apis/forecast/revisions/1/debugsessions", new JsonObject { ["count"] = 5 });
        await admin.GetStringAsync("/forecast?w=riga&day=1", TestContext.Current.CancellationToken);
        (Values["gateway/proxies/:name"], Values["gateway/caches/:cache"]) = ("forecast", "weather");
        Values["gateway/sharedflows/:name"] = "guard";
        (Values["gateway/proxies/:name/flow/:revision"], Values["gateway/proxies/:name/trace/:revision"]) = ("1", "1");
        Values["gateway/proxies/:name/trace/:revision/:session"] = session["name"]!.GetValue<string>();
    }

    /// <summary>Two data sources with a trait each; returns the first source's id.</summary>
    internal async Task<long> AddAudienceAsync()
    {
        var shop = await AddSourceAsync("Shop", "Buys boots", "product == \"boots\"");
        await AddSourceAsync("Call centre", "Called twice", "calls >= 2");
        return shop;
    }

    /// <summary>A segment of one trait with a rule, in a data source of their own; returns its id.</summary>
    internal static async Task<long> AddSegmentAsync(HttpClient admin, string name, string traitRule)
    {
        var source = (await PostAsync(admin, "/v1/datasources/", new JsonObject { ["name"] = name }))["dataSourceId"]!.GetValue<long>();
        var trait = (await PostAsync(admin, "/v1/traits/", new JsonObject { ["name"] = name, ["traitType"] = "RULE_BASED_TRAIT", ["dataSourceId"] = source, ["folderId"] = 0, ["traitRule"] = traitRule }))["sid"]!.GetValue<long>();
        return (await PostAsync(admin, "/v1/segments/", new JsonObject { ["name"] = name, ["dataSourceId"] = source, ["folderId"] = 0, ["segmentRule"] = $"{trait}T" }))["sid"]!.GetValue<long>();
    }

    /// <summary>A server that is told who is in a segment of <c>product == 12</c>, by the ids of a data source; returns both ids.</summary>
    internal static async Task<(long Destination, long Source)> AddServerDestinationAsync(HttpClient admin, string url)
    {
        var segment = await AddSegmentAsync(admin, "Boot buyers", "product == 12");
        var source = (await PostAsync(admin, "/v1/datasources/", new JsonObject { ["name"] = "Shop", ["integrationCode"] = "shop", ["masterDataSourceIdProvider"] = true }))["dataSourceId"]!.GetValue<long>();
        var destination = (await PostAsync(admin, "/v1/destinations/", new JsonObject { ["name"] = "Partner", ["destinationType"] = "S2S", ["serverUrl"] = url, ["dataSourceId"] = source }))["destinationId"]!.GetValue<long>();
        await PostAsync(admin, $"/v1/destinations/{destination}/mappings/", new JsonObject { ["sid"] = segment, ["traitType"] = "SEGMENT", ["startDate"] = "2020-01-01", ["traitAlias"] = "boots" });
        return (destination, source);
    }

    // Somebody buys boots, and is in a segment that a destination is told of.
    private async Task BuildAudienceAsync(long source)
    {
        var trait = JsonNode.Parse(await admin.GetStringAsync("/v1/traits/", TestContext.Current.CancellationToken))!.AsArray().Single(one => one!["name"]!.GetValue<string>() == "Buys boots")!["sid"]!.GetValue<long>();
        var segment = (await PostAsync("/v1/segments/", new JsonObject { ["name"] = "Boot buyers", ["dataSourceId"] = source, ["folderId"] = 0, ["segmentRule"] = $"{trait}T" }))["sid"]!.GetValue<long>();
        var destination = (await PostAsync("/v1/destinations/", new JsonObject
        {
            ["name"] = "Shoe shop",
            ["destinationType"] = "PUSH",
            ["serializationEnabled"] = true,
            ["delimiter"] = ",",
            ["urlFormatString"] = "http://shoes.example/in?s=%ALIAS%",
            ["secureUrlFormatString"] = "https://shoes.example/in?s=%ALIAS%",
            ["mappingAutoFiller"] = "SID",
        }))["destinationId"]!.GetValue<long>();
        await admin.GetStringAsync($"/event?d_uuid={Device}&product=boots&d_rtbd=json&d_cts=2", TestContext.Current.CancellationToken);
        (Values["audience/sources/:id"], Values["audience/traits/:id"]) = ($"{source}", $"{trait}");
        States.AddRange([
            $"audience/segments/{segment}?tab=overlaps", $"audience/segments/{segment}?tab=changes", $"audience/destinations/{destination}?tab=info", $"audience/profiles?namespace=0&id={Device}&why={segment}",
            $"audience/overlaps?sids={trait},{segment}", $"audience/overlaps?sids={trait},{segment}&as=table"]);
        (Values["audience/segments/:id"], Values["audience/destinations/:id"]) = ($"{segment}", $"{destination}");
    }

    private async Task<long> AddSourceAsync(string name, string trait, string rule)
    {
        var source = (await PostAsync("/v1/datasources/", new JsonObject { ["name"] = name }))["dataSourceId"]!.GetValue<long>();
        await PostAsync("/v1/traits/", new JsonObject { ["name"] = trait, ["traitType"] = "RULE_BASED_TRAIT", ["dataSourceId"] = source, ["folderId"] = 0, ["traitRule"] = rule });
        return source;
    }

    private async Task CollectAsync()
    {
        var dataset = await house.FurnishAsync(admin);
        await house.CollectAsync(admin, dataset, """{"_id":"good","timestamp":"2025-11-22T09:15:01Z","environment":{"colorDepth":24}}""");
        await house.CollectAsync(admin, dataset, """{"_id":"bad","timestamp":"2025-11-22T09:15:01Z","environment":{"colorDepth":"deep"}}""");
        Values["datasets/:id"] = dataset;
        Values["schemas/:id"] = "_" + new Uri(house.SchemaId).AbsolutePath.Trim('/').Replace('/', '.');
        var connection = await PostAsync("/data/foundation/flowservice/connections", JsonNode.Parse("""
            {"name":"Shop","connectionSpec":{"id":"bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb","version":"1.0"},"auth":{"specName":"Streaming Connection","params":{"sourceId":"shop","dataType":"xdm","name":"shop"}}}
            """)!);
        Values["connections/:id"] = connection["id"]!.GetValue<string>();
        Values["datasets/:id/batches/:batch"] = await WaitAsync("/data/foundation/catalog/batches?limit=1", found => found is JsonObject { Count: > 0 } batches ? batches.First().Key : null);
        Values["failed/:fingerprint"] = await WaitAsync("/api/sluice/v1/failed-messages/groups", found => found["groups"] is JsonArray { Count: > 0 } groups ? groups[0]!["fingerprint"]!.GetValue<string>() : null);
    }

    private async Task AddAccountsAsync()
    {
        var group = (await PostAsync("/v1/groups/", new JsonObject { ["name"] = "Marketing", ["wildcards"] = new JsonArray("VIEW_ALL_TRAITS", "VIEW_COLLECTION") }))["groupId"]!.GetValue<long>();
        var user = await PostAsync("/api/sluice/v1/users", new JsonObject { ["username"] = "grace", ["firstName"] = "Grace", ["lastName"] = "Brewster", ["groups"] = new JsonArray(group) });
        var client = await PostAsync("/api/sluice/v1/clients", new JsonObject { ["name"] = "Nightly export", ["groups"] = new JsonArray(group) });
        Values["access/groups/:id"] = $"{group}";
        Values["access/users/:id"] = user["user"]!["userId"]!.ToString();
        Values["access/clients/:id"] = client["client"]!["clientId"]!.GetValue<string>();
    }

    private async Task AddConsumersAsync()
    {
        await PostAsync($"{Gateway}/apiproducts", new JsonObject { ["name"] = "weather-gold", ["displayName"] = "Weather, gold", ["approvalType"] = "manual", ["proxies"] = new JsonArray("forecast"), ["quota"] = "1000", ["quotaInterval"] = "1", ["quotaTimeUnit"] = "day" });
        await PostAsync($"{Gateway}/developers", new JsonObject { ["email"] = "jane@example.com", ["firstName"] = "Jane", ["lastName"] = "Doe", ["userName"] = "jane" });
        await PostAsync($"{Gateway}/developers/jane@example.com/apps", new JsonObject { ["name"] = "umbrella", ["apiProducts"] = new JsonArray("weather-gold") });
        (Values["gateway/products/:name"], Values["gateway/developers/:email"], Values["gateway/developers/:email/apps/:app"]) = ("weather-gold", "jane@example.com", "umbrella");
    }

    private async Task BringBundlesAsync()
    {
        await BringAsync("apis", "forecast", SampleArchive.Of(
            ("apiproxy/forecast.xml", """<APIProxy name="forecast"/>"""),
            ("apiproxy/proxies/default.xml", """
                <ProxyEndpoint name="default">
                  <PreFlow><Request><Step><Name>RC</Name></Step></Request><Response><Step><Name>RC</Name></Step></Response></PreFlow>
                  <Flows><Flow name="week"><Condition>proxy.pathsuffix MatchesPath "/week"</Condition><Request><Step><Name>Mark</Name><Condition>request.verb = "GET"</Condition></Step></Request></Flow></Flows>
                  <HTTPProxyConnection><BasePath>/forecast</BasePath></HTTPProxyConnection>
                  <RouteRule name="stations"><Condition>request.queryparam.raw = "1"</Condition><TargetEndpoint>stations</TargetEndpoint></RouteRule>
                  <RouteRule name="none"/>
                </ProxyEndpoint>
                """),
            ("apiproxy/targets/stations.xml", """
                <TargetEndpoint name="stations"><PreFlow><Request><Step><Name>Mark</Name></Step></Request></PreFlow><HTTPTargetConnection><URL>http://127.0.0.1:9/stations</URL></HTTPTargetConnection></TargetEndpoint>
                """),
            ("apiproxy/policies/RC.xml", """
                <ResponseCache name="RC"><CacheResource>weather</CacheResource><CacheKey><Prefix>day</Prefix><KeyFragment ref="request.queryparam.w"/><KeyFragment ref="request.queryparam.day"/></CacheKey><ExpirySettings><TimeoutInSeconds>600</TimeoutInSeconds></ExpirySettings></ResponseCache>
                """),
            ("apiproxy/policies/Mark.xml", """<AssignMessage name="Mark"><Set><Headers><Header name="X-Kind">week</Header></Headers></Set></AssignMessage>""")));
        await BringAsync("sharedflows", "guard", SampleArchive.Of(
            ("sharedflowbundle/guard.xml", """<SharedFlowBundle name="guard"/>"""),
            ("sharedflowbundle/sharedflows/default.xml", """<SharedFlow name="default"/>""")));
    }

    private async Task BringAsync(string family, string name, byte[] archive)
    {
        using var content = new ByteArrayContent(archive) { Headers = { ContentType = new("application/octet-stream") } };
        using var stored = await admin.PostAsync($"{Gateway}/{family}?action=import", content, TestContext.Current.CancellationToken);
        Assert.True(stored.IsSuccessStatusCode, await stored.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await PostAsync($"{Gateway}/environments/production/{family}/{name}/revisions/1/deployments", new JsonObject());
    }

    private async Task<string> WaitAsync(string path, Func<JsonNode, string?> find) =>
        find(await Until.SeenAsync(async () => JsonNode.Parse(await admin.GetStringAsync(path, TestContext.Current.CancellationToken))!, seen => find(seen) is not null))!;

    private Task<JsonNode> PostAsync(string path, JsonNode body) => PostAsync(admin, path, body);

    private static async Task<JsonNode> PostAsync(HttpClient admin, string path, JsonNode body)
    {
        using var answer = await admin.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
