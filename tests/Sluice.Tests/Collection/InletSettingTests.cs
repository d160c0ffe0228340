using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Sluice.Collection.Routes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>What can be set per inlet: the deferred verdict, rates, being inactive.</summary>
public sealed class InletSettingTests
{
    [Fact]
    [Contract("1.8", "Ruling 2")]
    public async Task A_deferred_inlet_answers_like_the_original_and_shows_the_verdict_in_the_failed_batch_only()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house, new JsonObject { ["validation"] = "deferred" });
        var wrongOrganisation = producer.Message();
        wrongOrganisation["header"]!["imsOrgId"] = "other@AdobeOrg";

        var many = await producer.SendAsync(producer.Message(), producer.Message(new JsonObject { ["_id"] = 7 }), wrongOrganisation);
        var single = await producer.Api.PostAsync(producer.Path, producer.Message(new JsonObject { ["_id"] = 8 }));
        var asked = await producer.Api.PostAsync(producer.Path + "?syncValidation=True", producer.Message(new JsonObject { ["_id"] = 9 }));
        var failed = await producer.LandedAsync(4, "failed");

        var entries = many.Json["responses"]!.AsArray();
        Assert.Equal([$"{many.Json["batchId"]}:0", $"{many.Json["batchId"]}:1", $"{many.Json["batchId"]}-2"], entries.Select(entry => entry!["xactionId"]!.GetValue<string>()));
        Assert.Equal([false, false, true], entries.Select(entry => entry!.AsObject().ContainsKey("status")));
        Assert.Equal((HttpStatusCode.OK, true), (single.Status, single.Json["syncValidation"]!["skipped"]!.GetValue<bool>()));
        Assert.Equal(HttpStatusCode.BadRequest, asked.Status);
        Assert.Contains(failed, line => line["_dcsMeta"]!["xactionId"]!.GetValue<string>() == entries[1]!["xactionId"]!.GetValue<string>()
            && line["_errors"]!["_streamingValidation"]![0]!["code"]!.GetValue<string>().StartsWith("DCVS-", StringComparison.Ordinal));
        Assert.Single(await producer.LandedAsync(1));
    }

    [Fact]
    [Statement("A56")]
    [Contract("1.7")]
    public async Task An_inlet_over_its_rate_answers_429_and_says_when_to_come_again()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house, new JsonObject { ["requestsPerSecond"] = 1, ["messagesPerSecond"] = 1_000 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => producer.SendAsync(producer.Message())));

        var refused = answers.Where(answer => answer.Status == HttpStatusCode.TooManyRequests).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, answer => Assert.True(answer.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1)));
        Assert.All(refused, answer => Assert.Equal(429, answer.Json["status"]!.GetValue<int>()));
        var accepted = answers.Length - refused.Count;
        Assert.Equal(accepted, (await producer.LandedAsync(accepted)).Count);
    }

    [Fact]
    public async Task Messages_count_against_their_own_rate()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house, new JsonObject { ["messagesPerSecond"] = 1 });
        JsonNode[] five = [.. Enumerable.Range(0, 5).Select(_ => producer.Message())];

        var first = await producer.SendAsync(five);
        var second = await producer.SendAsync(producer.Message());

        Assert.Equal(HttpStatusCode.MultiStatus, first.Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.Status);
        Assert.Equal(TimeSpan.FromSeconds(5), second.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public void A_rate_fills_evenly_and_never_holds_more_than_a_second()
    {
        var rate = InletRate.For(requestsPerSecond: 10, messagesPerSecond: 0, known: null)!;

        int Taken(long atMs) => Enumerable.Range(0, 100).TakeWhile(_ => rate.TryTakeRequest(atMs, out var _)).Count();

        Assert.Equal(10, Taken(1_000));
        Assert.Equal(5, Taken(1_500));
        Assert.Equal(10, Taken(60_000));
        Assert.Equal(0, Taken(59_000)); // a clock that goes back gives nothing
    }

    [Fact]
    [Contract("2.1")]
    public async Task An_inactive_inlet_takes_nothing_until_it_is_active_again()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        var inlet = $"/data/core/edge/inlet/{producer.InletId}";

        await producer.Api.SendAsync(HttpMethod.Put, inlet, """{"name":"inlet","status":"inactive"}""");
        var off = await producer.SendAsync(producer.Message());
        var listed = await producer.Api.GetAsync("/data/core/edge/inlet?status=inactive");
        await producer.Api.SendAsync(HttpMethod.Put, inlet, """{"name":"inlet","status":"active"}""");
        var on = await producer.SendAsync(producer.Message());

        Assert.Equal(HttpStatusCode.NotFound, off.Status);
        Assert.Equal(producer.InletId, listed.Json["items"]!.AsArray().Single()!["inletId"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.MultiStatus, on.Status);
    }

    [Fact]
    [Contract("1.2")]
    public async Task A_compressed_body_that_expands_without_measure_is_refused()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(new byte[1_000_000]);
        using var request = new HttpRequestMessage(HttpMethod.Post, producer.Path) { Content = new ByteArrayContent(packed.ToArray()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Content.Headers.ContentEncoding.Add("gzip");

        var answer = await producer.Api.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("decodes to more than 500 times its size", answer.Text);
    }
}
