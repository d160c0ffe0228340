using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>A client that does not know what became of its requests sends all of them again after a kill, and each message is stored once.</summary>
[Collection(nameof(WholeMachine))]
public sealed class RepeatKillTests
{
    private const int Clients = 6;
    private const int PerRequest = 25;
    private const int LeastRequests = 40;

    [Fact]
    public Task With_an_idempotency_key_every_request_takes_effect_once_and_is_answered_the_same_again() => RepeatAsync(withKeys: true);

    [Fact]
    public Task Where_deduplication_is_on_every_message_is_stored_once() => RepeatAsync(withKeys: false);

    private static async Task RepeatAsync(bool withKeys)
    {
        using var house = new House();
        var answers = new ConcurrentDictionary<int, string?>();
        var next = -1;
        string datasetId;
        await using (var server = house.Start())
        {
            var address = await server.ReadyAsync();
            using var api = await house.SignInAsync(address!);
            datasetId = await house.FurnishAsync(api);
            if (!withKeys)
                await house.ChangeInletAsync(api, new JsonObject { ["deduplication"] = true });
            using var stop = new CancellationTokenSource();
            var senders = Enumerable.Range(0, Clients).Select(_ => Task.Run(() => SendAsync(address!, stop.Token), CancellationToken.None)).ToList();
            await Until.TrueAsync(() => answers.Count(answer => answer.Value is not null) >= LeastRequests);
            await Task.Delay(new Random(Rounds.Seed).Next(50, 400), TestContext.Current.CancellationToken); // the random moment
            server.Kill();
            await stop.CancelAsync();
            await Task.WhenAll(senders);
        }

        await using (var server = house.Start())
        {
            var address = await server.ReadyAsync();
            using var api = await house.SignInAsync(address!);
            using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(address!) };
            foreach (var (request, before) in answers.OrderBy(one => one.Key))
            {
                var again = await PostAsync(http, request);
                Assert.Equal(PerRequest, again["responses"]!.AsArray().Count(entry => entry!["status"] is null));
                if (withKeys && before is not null)
                    Assert.Equal(before, again.ToJsonString());
            }

            var expected = answers.Count * PerRequest;
            var landed = await LandedFiles.IdsAsync(api, $"dataSet={datasetId}&status=success", expected);
            Rounds.Say($"{answers.Count} requests, {answers.Count(answer => answer.Value is null)} of them not answered before the kill; {landed.Count} messages landed");
            Assert.Equal(expected, landed.Count);
            Assert.Equal(expected, landed.Distinct().Count());
        }

        async Task SendAsync(string address, CancellationToken stop)
        {
            using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(address) };
            while (!stop.IsCancellationRequested)
            {
                var request = Interlocked.Increment(ref next);
                answers[request] = null;
                try
                {
                    answers[request] = (await PostAsync(http, request)).ToJsonString();
                }
                catch (Exception failure) when (failure is HttpRequestException or SocketException)
                {
                    return; // the server is gone; nobody knows what became of this request
                }
            }
        }

        async Task<JsonNode> PostAsync(HttpClient http, int request)
        {
            var messages = string.Join(',', Enumerable.Range(request * PerRequest, PerRequest).Select(number => Message(house, datasetId, number)));
            using var post = new HttpRequestMessage(HttpMethod.Post, $"/collection/{house.InletId}")
            {
                Content = new StringContent($"{{\"messages\":[{messages}]}}", Encoding.UTF8, "application/json"),
            };
            if (withKeys)
                post.Headers.Add("Idempotency-Key", $"request-{request.ToString(CultureInfo.InvariantCulture)}");
            using var response = await http.SendAsync(post, CancellationToken.None);
            return JsonNode.Parse(await response.Content.ReadAsStringAsync(CancellationToken.None))!;
        }
    }

    private static string Message(House house, string datasetId, int number)
    {
        JsonObject SchemaRef() => new() { ["id"] = house.SchemaId, ["contentType"] = "application/vnd.adobe.xed-full+json;version=1" };
        return new JsonObject
        {
            ["header"] = new JsonObject { ["schemaRef"] = SchemaRef(), ["datasetId"] = datasetId },
            ["body"] = new JsonObject
            {
                ["xdmMeta"] = new JsonObject { ["schemaRef"] = SchemaRef() },
                ["xdmEntity"] = new JsonObject { ["_id"] = number.ToString(CultureInfo.InvariantCulture), ["timestamp"] = "2026-01-01T00:00:00Z" },
            },
        }.ToJsonString();
    }
}
