using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>Ten thousand malformed bodies: clear refusals, never a fault of ours, and nothing of them lands as accepted.</summary>
public sealed class FuzzTests
{
    private const int Bodies = 10_000;
    private const int Senders = 8;

    [Fact]
    [Contract("Ruling 4")]
    public async Task Malformed_bodies_are_refused_as_a_whole_or_per_message_and_nothing_of_them_lands_as_accepted()
    {
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, "Collection:BatchWindow=00:00:01");
        using var producer = await Producer.OpenAsync(house);
        var good = new JsonObject { ["messages"] = new JsonArray(producer.Message(Producer.Entity("FUZZ")), producer.Message(Producer.Entity("FUZZ"))) };
        var seeds = new[] { Encoding.UTF8.GetBytes(good.ToJsonString()), Encoding.UTF8.GetBytes(producer.Message(Producer.Entity("FUZZ")).ToJsonString()) };
        var statuses = new int[600];
        var verdicts = new int[2];

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(async sender =>
        {
            for (var number = sender; number < Bodies; number += Senders)
            {
                var random = new Random(number);
                var body = BodyFuzzer.Break(seeds[random.Next(seeds.Length)], random);
                using var request = new HttpRequestMessage(HttpMethod.Post, producer.Path) { Content = new ByteArrayContent(body) };
                request.Content.Headers.ContentType = new("application/json");
                var answer = await producer.Api.SendAsync(request);
                Interlocked.Increment(ref statuses[(int)answer.Status]);
                Assert.True((int)answer.Status is 207 or (>= 400 and < 500),
                    $"body {number} was answered {(int)answer.Status}: {Encoding.UTF8.GetString(body)}");
                if (answer.Status != HttpStatusCode.MultiStatus)
                    continue;
                foreach (var entry in answer.Json["responses"]!.AsArray())
                    Interlocked.Increment(ref verdicts[entry!["status"] is null ? 0 : 1]);
            }
        }));
        await producer.SendAsync(producer.Message(Producer.Entity("the one good message")));
        var landed = await producer.LandedAsync(1);

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Bodies} bodies: {statuses[207]} answered 207 with {verdicts[1]} refused messages, {statuses[400]} answered 400, {statuses[413]} answered 413");
        Assert.Equal(0, verdicts[0]);
        Assert.Equal(["the one good message"], landed.Select(entity => entity["_id"]!.GetValue<string>()));
        Assert.True(statuses[400] > 500 && verdicts[1] > 500, "the fuzzer must reach both kinds of refusal");
    }
}
