using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>A message that was stored is not stored again where deduplication is on, whatever stops in between.</summary>
public sealed class DeduplicationTests
{
    private const string On = """{"deduplication":true}""";

    [Fact]
    public async Task Messages_that_share_an_id_are_all_stored_unless_somebody_asks_otherwise()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);

        await producer.SendAsync(producer.Message(Producer.Entity("same")), producer.Message(Producer.Entity("same")));

        Assert.Equal(2, (await producer.LandedAsync(2)).Count);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_duplicate_is_answered_like_a_success_and_stored_once_within_a_request_and_across_requests(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house, JsonNode.Parse(On)!.AsObject());

        var first = await producer.SendAsync(
            producer.Message(Producer.Entity("a")), producer.Message(Producer.Entity("b")), producer.Message(Producer.Entity("a")));
        var second = await producer.SendAsync(producer.Message(Producer.Entity("b")), producer.Message(Producer.Entity("c")));
        var single = await producer.Api.PostAsync(producer.Path, producer.Message(Producer.Entity("c")));

        Assert.Equal([false, false, true], first.Json["responses"]!.AsArray().Select(IsDuplicate));
        Assert.Equal([true, false], second.Json["responses"]!.AsArray().Select(IsDuplicate));
        Assert.All(second.Json["responses"]!.AsArray(), entry => Assert.Null(entry!["status"]));
        Assert.Equal(HttpStatusCode.OK, single.Status);
        Assert.True(IsDuplicate(single.Json));
        Assert.Equal(["a", "b", "c"], (await producer.LandedAsync(3)).Select(line => line["_id"]!.GetValue<string>()));
        var metrics = await producer.Api.GetAsync("/metrics");
        Assert.Contains("sluice_collection_messages_total{outcome=\"duplicate\"} 3", metrics.Text);
    }

    [Fact]
    public async Task A_message_id_in_the_header_counts_before_the_entitys_id()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house, JsonNode.Parse(On)!.AsObject());

        var answer = await producer.SendAsync(
            WithMessageId(producer, "m1", "a"), WithMessageId(producer, "m2", "a"), WithMessageId(producer, "m1", "b"));

        Assert.Equal([false, false, true], answer.Json["responses"]!.AsArray().Select(IsDuplicate));
    }

    [Fact]
    public async Task A_refused_message_is_not_remembered_so_that_its_repair_is_stored()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house, JsonNode.Parse(On)!.AsObject());
        var wrong = Producer.Entity("a");
        wrong["commerce"] = "none";

        var refused = await producer.SendAsync(producer.Message(wrong));
        var repaired = await producer.SendAsync(producer.Message(Producer.Entity("a")));

        Assert.Equal(400, refused.Json["responses"]![0]!["status"]!.GetValue<int>());
        Assert.False(IsDuplicate(repaired.Json["responses"]![0]));
        Assert.Single(await producer.LandedAsync(1));
    }

    [Fact]
    public async Task A_dataset_can_ask_for_it_and_then_it_holds_for_every_inlet()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        var path = $"/data/foundation/catalog/dataSets/{producer.DatasetId}";
        var other = await producer.Api.PostAsync("/data/core/edge/inlet", new JsonObject { ["name"] = "other" });
        await producer.Api.SendAsync(HttpMethod.Patch, path, """{"deduplication":true,"deduplicationWindowSeconds":3600}""");

        await producer.SendAsync(producer.Message(Producer.Entity("a")));
        var answer = await producer.Api.PostAsync(
            $"/collection/{other.Json["inletId"]}", new JsonObject { ["messages"] = new JsonArray(producer.Message(Producer.Entity("a"))) });

        Assert.True(IsDuplicate(answer.Json["responses"]![0]));
    }

    [Theory]
    [InlineData("""{"deduplication":"yes"}""", "'deduplication' must be true or false")]
    [InlineData("""{"deduplicationWindowSeconds":5}""", "'deduplicationWindowSeconds' must be a whole number from 60 to 31536000")]
    public async Task A_setting_out_of_range_is_refused_by_name(string patch, string reason)
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);

        var dataset = await producer.Api.SendAsync(HttpMethod.Patch, $"/data/foundation/catalog/dataSets/{producer.DatasetId}", patch);
        var inlet = JsonNode.Parse(patch)!.AsObject();
        inlet["name"] = "wrong";
        var created = await producer.Api.PostAsync("/data/core/edge/inlet", inlet);

        Assert.Equal((HttpStatusCode.BadRequest, reason), (dataset.Status, dataset.Json["detail"]!.GetValue<string>()));
        Assert.Equal((HttpStatusCode.BadRequest, reason), (created.Status, created.Json["detail"]!.GetValue<string>()));
    }

    [Fact]
    public async Task What_was_stored_is_remembered_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-dedup-");
        string path;
        JsonObject message;
        await using (var house = await TestHouse.StartInAsync(folder.FullName))
        {
            using var producer = await Producer.OpenAsync(house, JsonNode.Parse(On)!.AsObject());
            (path, message) = (producer.Path, producer.Message(Producer.Entity("a")));
            await producer.SendAsync(message.DeepClone());
        }

        await using (var house = await TestHouse.StartInAsync(folder.FullName))
        {
            using var api = await house.SignInAsync();
            var again = await api.PostAsync(path, new JsonObject { ["messages"] = new JsonArray(message) });

            Assert.True(IsDuplicate(again.Json["responses"]![0]));
        }
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_the_journal_holds_is_remembered_even_if_the_written_memory_is_gone()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-dedup-");
        string path;
        JsonObject message;
        await using (var house = await TestHouse.StartInAsync(folder.FullName))
        {
            using var producer = await Producer.OpenAsync(house, JsonNode.Parse(On)!.AsObject());
            (path, message) = (producer.Path, producer.Message(Producer.Entity("a")));
            await producer.SendAsync(message.DeepClone());
        }
        Directory.Delete(Path.Combine(folder.FullName, "production", "deduplication"), recursive: true);

        await using (var house = await TestHouse.StartInAsync(folder.FullName))
        {
            using var api = await house.SignInAsync();
            var again = await api.PostAsync(path, new JsonObject { ["messages"] = new JsonArray(message) });

            Assert.True(IsDuplicate(again.Json["responses"]![0]));
        }
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_was_written_is_remembered_when_the_journal_has_let_go_of_it()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-dedup-");
        string path;
        JsonObject message;
        await using (var house = await TestHouse.StartInAsync(folder.FullName))
        {
            using var producer = await Producer.OpenAsync(house, JsonNode.Parse(On)!.AsObject());
            (path, message) = (producer.Path, producer.Message(Producer.Entity("a")));
            await producer.SendAsync(message.DeepClone());
            var memory = Path.Combine(folder.FullName, "production", "deduplication");
            await Until.TrueAsync(() => new DirectoryInfo(memory).EnumerateFiles().Any(file => file.Length > 0));
        }
        Directory.Delete(Path.Combine(folder.FullName, "production", "journal"), recursive: true);

        await using (var house = await TestHouse.StartInAsync(folder.FullName))
        {
            using var api = await house.SignInAsync();
            var again = await api.PostAsync(path, new JsonObject { ["messages"] = new JsonArray(message) });

            Assert.True(IsDuplicate(again.Json["responses"]![0]));
        }
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Of_many_senders_of_the_same_messages_at_once_each_message_is_stored_once()
    {
        const int Messages = 50;
        const int Senders = 12;
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house, JsonNode.Parse(On)!.AsObject());

        // Each sender in its own order, so that requests hold what others wait for, in both directions.
        var answers = await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => producer.SendAsync(
            [.. Enumerable.Range(0, Messages).Select(one => (sender % 2 == 0 ? one : Messages - 1 - one).ToString("D3"))
                .Select(id => producer.Message(Producer.Entity(id)))])));

        var entries = answers.SelectMany(answer => answer.Json["responses"]!.AsArray()).ToList();
        Assert.Equal(Messages * Senders, entries.Count);
        Assert.Equal(Messages, entries.Count(entry => !IsDuplicate(entry)));
        var landed = (await producer.LandedAsync(Messages)).Select(line => line["_id"]!.GetValue<string>()).ToList();
        Assert.Equal(Messages, landed.Count);
        Assert.Equal(Messages, landed.Distinct().Count());
    }

    private static bool IsDuplicate(JsonNode? entry) => entry!["duplicate"]?.GetValue<bool>() ?? false;

    private static JsonObject WithMessageId(Producer producer, string messageId, string entityId)
    {
        var message = producer.Message(Producer.Entity(entityId));
        message["header"]!["msgId"] = messageId;
        return message;
    }
}
