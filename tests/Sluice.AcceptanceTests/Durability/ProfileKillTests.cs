using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>What an event call was answered about a person is true after the process was killed: each event is counted once, links stand, and memberships are those of the newest rule.</summary>
[Collection(nameof(WholeMachine))]
public sealed class ProfileKillTests
{
    private const int Devices = 24;
    private const int Kills = 4;
    private const string Shop = "shop";

    [Fact]
    public async Task Every_answered_event_is_counted_once_though_the_process_is_killed_again_and_again()
    {
        using var house = new House();
        house.Settings.Add("Audience:EventWait=00:00:10");
        house.Settings.Add("Audience:DenyRate=0");
        var tallies = Enumerable.Range(0, Devices).Select(_ => new Tally()).ToArray();
        var segments = default(Segments);
        var frequent = 1;
        var random = new Random(3);
        for (var round = 0; round <= Kills; round++)
        {
            await using var server = house.Start();
            var address = await server.ReadyAsync();
            using var api = await house.SignInAsync(address!);
            if (round == 0)
                segments = await FurnishAsync(api);
            await AssertCountsAsync(api, tallies, segments, frequent, isLast: round == Kills);
            if (round == Kills)
                return;
            frequent = random.Next(1, 60);
            await ChangeAsync(api, segments, frequent);
            using var events = new HttpClient(new SocketsHttpHandler()) { BaseAddress = api.BaseAddress };
            var before = tallies.Sum(tally => tally.Sure);
            var sending = Task.WhenAll(tallies.Select((tally, device) => SendUntilKilledAsync(events, device, tally)));
            await Until.TrueAsync(() => tallies.Sum(tally => tally.Sure) > before + 3 * Devices);
            await Task.Delay(random.Next(0, 1_000), TestContext.Current.CancellationToken); // the random moment
            server.Kill();
            await sending;
        }
    }

    private static async Task<Segments> FurnishAsync(HttpClient api)
    {
        var source = await AddAsync(api, "/v1/datasources/", $$"""{"name":"{{Shop}}","integrationCode":"{{Shop}}","idType":"CROSS_DEVICE"}""", "dataSourceId");
        var trait = await AddAsync(api, "/v1/traits/", $$"""{"name":"t","traitType":"RULE_BASED_TRAIT","dataSourceId":{{source}},"folderId":0,"traitRule":"product==12"}""", "sid");
        var any = await AddAsync(api, "/v1/segments/", $$"""{"name":"any","segmentRule":"frequency([{{trait}}T]) >= 1","dataSourceId":{{source}},"folderId":0}""", "sid");
        var often = await AddAsync(api, "/v1/segments/", $$"""{"name":"often","segmentRule":"frequency([{{trait}}T]) >= 1","dataSourceId":{{source}},"folderId":0}""", "sid");
        return new Segments(source, trait, any, often);
    }

    // The rule changes between two kills, and is in force when the change is answered.
    private static async Task ChangeAsync(HttpClient api, Segments segments, int frequent)
    {
        using var content = new StringContent(
            $$"""{"name":"often","segmentRule":"frequency([{{segments.Trait}}T]) >= {{frequent}}","dataSourceId":{{segments.Source}},"folderId":0}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await api.PutAsync($"/v1/segments/{segments.Often}", content, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<long> AddAsync(HttpClient api, string path, string body, string member)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await api.PostAsync(path, content, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return (long)JsonNode.Parse(text)![member]!;
    }

    // One call after the other, as callers are told to: when the process dies, at most one of a device's calls has no answer.
    private static async Task SendUntilKilledAsync(HttpClient events, int device, Tally tally)
    {
        while (true)
        {
            tally.Begin();
            try
            {
                var answer = await events.GetFromJsonAsync<JsonNode>($"/event?d_uuid={Uuid(device)}&d_cid_ic={Shop}%01user{device}%011&product=12&d_rtbd=json&d_cts=2", TestContext.Current.CancellationToken);
                Assert.Null(answer!["errors"]);
                tally.Answered();
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
            {
                return;
            }
        }
    }

    private static async Task AssertCountsAsync(HttpClient api, Tally[] tallies, Segments segments, int frequent, bool isLast)
    {
        long answered = 0;
        for (var device = 0; device < tallies.Length; device++)
        {
            var (sure, most) = (tallies[device].Sure, tallies[device].Sure + tallies[device].Unsure);
            if (sure == 0)
                continue;
            Assert.InRange((long)(await ExplainAsync(api, segments.Any, $"id={Uuid(device)}"))["terms"]![0]!["count"]!, sure, most);
            // By the device and by the person who was signed in on it, under the rule as it was last changed.
            foreach (var who in (string[])[$"id={Uuid(device)}", $"namespace={segments.Source}&id=user{device}"])
            {
                var isMember = (bool)(await ExplainAsync(api, segments.Often, who))["isMember"]!;
                Assert.True(sure < frequent || isMember, $"{who} has at least {sure} of {frequent}, and is not in");
                Assert.True(most >= frequent || !isMember, $"{who} has at most {most} of {frequent}, and is in");
            }
            answered += sure;
        }
        Assert.True(!isLast || answered > 10 * Devices, $"{answered} calls were answered");
    }

    private static async Task<JsonNode> ExplainAsync(HttpClient api, long segment, string who) =>
        (await api.GetFromJsonAsync<JsonNode>($"/v1/segments/{segment}/explain?{who}", TestContext.Current.CancellationToken))!;

    private readonly record struct Segments(long Source, long Trait, long Any, long Often);

    private static string Uuid(int device) => device.ToString("D38", CultureInfo.InvariantCulture);

    /// <summary>What one device sent.</summary>
    private sealed class Tally
    {
        private bool _isOpen;

        /// <summary>Calls that were answered.</summary>
        internal long Sure { get; private set; }

        /// <summary>Calls without an answer: each may count or not.</summary>
        internal long Unsure => _unsure + (_isOpen ? 1 : 0);

        private long _unsure;

        internal void Begin()
        {
            if (_isOpen)
                _unsure++;
            _isOpen = true;
        }

        internal void Answered()
        {
            Sure++;
            _isOpen = false;
        }
    }
}
