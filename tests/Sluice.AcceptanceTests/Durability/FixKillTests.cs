using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>A repair of many failed messages survives the process: each is stored once, however often it is killed.</summary>
[Collection(nameof(WholeMachine))]
public sealed class FixKillTests
{
    private const int Messages = 10_000;
    private const int PerRequest = 500;
    private const string Groups = "/api/sluice/v1/failed-messages/groups";
    private const string Fixes = "/api/sluice/v1/failed-messages/fixes";

    [Fact]
    public async Task A_group_of_ten_thousand_is_fixed_by_one_patch_though_the_process_is_killed_twice()
    {
        using var house = new House();
        house.Settings.Add("Collection:FixMessagesPerSecond=1500");
        var fixId = "";
        await using (var server = house.Start())
        {
            var address = await server.ReadyAsync();
            using var api = await house.SignInAsync(address!);
            var datasetId = await house.FurnishAsync(api);
            for (var first = 0; first < Messages; first += PerRequest)
                await SendRefusedAsync(api, house, datasetId, first);
            var group = await WaitForGroupAsync(api);
            fixId = (await PostAsync(api, $"{Groups}/{group["fingerprint"]}/fixes", JsonNode.Parse(
                """{"patch":[{"op":"replace","path":"/body/xdmEntity/timestamp","value":"2026-01-01T00:00:00Z"}]}""")!, HttpStatusCode.Accepted))["id"]!.GetValue<string>();
            await KillWhenPastAsync(api, server, fixId, Messages / 5);
        }

        await using (var server = house.Start())
        {
            var address = await server.ReadyAsync();
            using var api = await house.SignInAsync(address!);
            await KillWhenPastAsync(api, server, fixId, Messages / 2);
        }

        await using (var server = house.Start())
        {
            var address = await server.ReadyAsync();
            using var api = await house.SignInAsync(address!);
            var fix = await Until.SeenAsync(() => GetAsync(api, $"{Fixes}/{fixId}"), one => one["state"]!.GetValue<string>() != "running");
            var stored = await LandedFiles.IdsAsync(api, "status=success", Messages);

            Assert.Equal(Messages, fix["passed"]!.GetValue<int>());
            Assert.Equal(Messages, stored.Count);
            Assert.Equal(Messages, stored.Distinct().Count());
            Assert.Empty((await GetAsync(api, Groups))["groups"]!.AsArray());
        }
    }

    // An entity without its timestamp: one fault, the same for all.
    private static async Task SendRefusedAsync(HttpClient api, House house, string datasetId, int first)
    {
        var messages = new JsonArray();
        for (var number = first; number < first + PerRequest; number++)
        {
            JsonObject schemaRef() => new() { ["id"] = house.SchemaId, ["contentType"] = "application/vnd.adobe.xed-full+json;version=1" };
            messages.Add((JsonNode)new JsonObject
            {
                ["header"] = new JsonObject { ["schemaRef"] = schemaRef(), ["imsOrgId"] = house.OrgId, ["datasetId"] = datasetId },
                ["body"] = new JsonObject
                {
                    ["xdmMeta"] = new JsonObject { ["schemaRef"] = schemaRef() },
                    ["xdmEntity"] = new JsonObject { ["_id"] = number.ToString(CultureInfo.InvariantCulture), ["timestamp"] = 7 },
                },
            });
        }
        var answer = await PostAsync(api, $"/collection/{house.InletId}", new JsonObject { ["messages"] = messages }, HttpStatusCode.MultiStatus);
        Assert.All(answer["responses"]!.AsArray(), entry => Assert.Equal(400, entry!["status"]!.GetValue<int>()));
    }

    private static async Task<JsonNode> WaitForGroupAsync(HttpClient api) => (await Until.SeenAsync(
        async () => (await GetAsync(api, Groups))["groups"]!.AsArray(), groups => groups.Count == 1 && groups[0]!["count"]!.GetValue<int>() == Messages))[0]!;

    private static async Task KillWhenPastAsync(HttpClient api, ServerProcess server, string fixId, int processed)
    {
        var fix = await Until.SeenAsync(() => GetAsync(api, $"{Fixes}/{fixId}"), one => one["processed"]!.GetValue<int>() >= processed);
        server.Kill();
        Assert.Equal("running", fix["state"]!.GetValue<string>()); // killed in the middle, or the test shows nothing
        await server.EndedAsync();
    }

    private static async Task<JsonNode> GetAsync(HttpClient api, string path) =>
        JsonNode.Parse(await api.GetStringAsync(path, TestContext.Current.CancellationToken))!;

    private static async Task<JsonNode> PostAsync(HttpClient api, string path, JsonNode body, HttpStatusCode expected)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await api.PostAsync(path, content, TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }
}
