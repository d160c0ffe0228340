using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>A house whose clock a test moves, with a data source, and what a test does to people there: event calls, and questions why.</summary>
internal sealed class EngineDesk : IAsyncDisposable
{
    internal const string Device = "22920112968019678612904394744954398990";
    internal const string OtherDevice = "10000000000000000000000000000000000007";

    private ApiClient? _admin;

    private EngineDesk(CatalogueDesk desk, ShiftedClock clock) => (Desk, Clock) = (desk, clock);

    internal CatalogueDesk Desk { get; }

    internal ShiftedClock Clock { get; }

    /// <summary>A data source whose ids are of people.</summary>
    internal long Source { get; private set; }

    /// <summary>Signed in, at the time it is.</summary>
    internal ApiClient Admin => _admin ?? Desk.Admin;

    internal static async Task<EngineDesk> StartAsync(StoreKind kind = StoreKind.Sqlite, params string[] settings)
    {
        var clock = new ShiftedClock();
        clock.Shift(clock.GetUtcNow().Date.AddDays(1).AddHours(1) - clock.GetUtcNow().DateTime); // tomorrow at 01:00, so that no midnight comes uncalled
        var desk = new EngineDesk(await CatalogueDesk.OfAsync(await TestHouse.StartAsync(kind, clock, settings)), clock);
        desk.Source = CatalogueDesk.Id(
            await desk.Desk.AddAsync("/v1/datasources/", """{"name":"shop","integrationCode":"shop","idType":"CROSS_DEVICE","supportsAuthenticatedProfile":true}"""), "dataSourceId");
        return desk;
    }

    /// <summary>Lets time pass, and signs in again where a token would be over.</summary>
    internal async Task PassAsync(TimeSpan time)
    {
        Clock.Shift(time);
        _admin?.Dispose();
        _admin = await Desk.House.SignInAsync();
    }

    internal async Task<long> AddTraitAsync(string rule, string more = "") => CatalogueDesk.Id(
        await AddAsync("/v1/traits/", $$"""{"name":"t","traitType":"RULE_BASED_TRAIT","dataSourceId":{{Source}},"folderId":0,"traitRule":"{{rule.Replace("\"", "\\\"", StringComparison.Ordinal)}}"{{more}}}"""), "sid");

    internal async Task<long> AddSegmentAsync(string rule, string more = "") => CatalogueDesk.Id(
        await AddAsync("/v1/segments/", $$"""{"name":"s","segmentRule":"{{rule}}","dataSourceId":{{Source}},"folderId":0{{more}}}"""), "sid");

    private async Task<JsonNode> AddAsync(string path, string body)
    {
        var made = await Admin.PostTextAsync(path, body);
        Assert.True(made.Status == System.Net.HttpStatusCode.Created, made.Text);
        return made.Json;
    }

    /// <summary>Sends an event call, answered once it was applied.</summary>
    internal async Task<JsonNode> SendAsync(string query, string device = Device) => JsonNode.Parse(
        await Desk.House.Http.GetStringAsync($"/event?d_uuid={device}&d_rtbd=json&d_cts=2&{query}", TestContext.Current.CancellationToken))!;

    /// <summary>Sends an event call and tells the segments that its person is in then.</summary>
    internal async Task<long[]> SegmentsAfterAsync(string query, string device = Device) => Sids((await SendAsync(query, device))["segments"]!);

    /// <summary>Why an id is in a segment or is not.</summary>
    internal async Task<JsonNode> ExplainAsync(long segment, string id = Device, string space = "0") =>
        (await Admin.GetAsync($"/v1/segments/{segment}/explain?namespace={space}&id={id}")).Json;

    internal async Task<bool> IsMemberAsync(long segment, string id = Device, string space = "0") => (bool)(await ExplainAsync(segment, id, space))["isMember"]!;

    /// <summary>Waits until somebody's membership is as it should be: what time alone changes is noticed within moments.</summary>
    internal Task UntilMemberAsync(long segment, bool isMember, string id = Device, string space = "0") => Until.SeenAsync(
        () => Admin.GetAsync($"/v1/segments/{segment}/explain?namespace={space}&id={id}"),
        answer => answer.Status == System.Net.HttpStatusCode.OK && (bool)answer.Json["isMember"]! == isMember);

    internal static long[] Sids(JsonNode list) => [.. list.AsArray().Select(one => (long)one!)];

    public ValueTask DisposeAsync()
    {
        _admin?.Dispose();
        return Desk.DisposeAsync();
    }
}
