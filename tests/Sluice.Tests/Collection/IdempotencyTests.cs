using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>A request with an <c>Idempotency-Key</c> takes effect once and is answered the same each time.</summary>
public sealed class IdempotencyTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_repetition_gets_the_first_answer_and_stores_nothing(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        var wrong = producer.Message();
        wrong["header"]!["imsOrgId"] = "other@AdobeOrg";
        var body = new JsonObject { ["messages"] = new JsonArray(producer.Message(), wrong, producer.Message()) };

        var first = await producer.Api.PostAsync(producer.Path, body, ("Idempotency-Key", "order-1"));
        var again = await producer.Api.PostAsync(producer.Path, body, ("Idempotency-Key", "order-1"));
        await producer.LandedAsync(2);
        var late = await producer.Api.PostAsync(producer.Path, body, ("Idempotency-Key", "order-1"));
        var other = await producer.Api.PostAsync(producer.Path, body, ("Idempotency-Key", "order-2"));

        Assert.Equal(HttpStatusCode.MultiStatus, first.Status);
        Assert.Equal(400, first.Json["responses"]![1]!["status"]!.GetValue<int>());
        Assert.True(first.Json["receivedTimeMs"]!.GetValue<long>() > 1_700_000_000_000);
        Assert.Equal((first.Status, first.Text), (again.Status, again.Text));
        Assert.Equal((first.Status, first.Text), (late.Status, late.Text));
        Assert.NotEqual(first.Json["batchId"]!.GetValue<string>(), other.Json["batchId"]!.GetValue<string>());
        var landed = await producer.LandedAsync(4, query: "envelope=true&");
        Assert.Equal(
            [IdOf(first, 0), IdOf(first, 2), IdOf(other, 0), IdOf(other, 2)],
            landed.Select(line => line["_dcsMeta"]!["xactionId"]!.GetValue<string>()));
    }

    [Fact]
    public async Task The_first_answer_is_given_after_a_restart_too()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-idempotency-");
        string path;
        string text;
        JsonObject body;
        await using (var house = await TestHouse.StartInAsync(folder.FullName))
        {
            using var producer = await Producer.OpenAsync(house);
            (path, body) = (producer.Path, producer.Message());
            text = (await producer.Api.PostAsync(path, body, ("Idempotency-Key", "one"))).Text;
        }

        await using (var house = await TestHouse.StartInAsync(folder.FullName))
        {
            using var api = await house.SignInAsync();
            var again = await api.PostAsync(path, body, ("Idempotency-Key", "one"));

            Assert.Equal((HttpStatusCode.OK, text), (again.Status, again.Text));
        }
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_refused_single_message_is_refused_the_same_way_again_and_kept_once()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        var body = producer.Message(new JsonObject { ["_id"] = 7 });

        var first = await producer.Api.PostAsync(producer.Path, body, ("Idempotency-Key", "one"));
        var again = await producer.Api.PostAsync(producer.Path, body, ("Idempotency-Key", "one"));

        Assert.Equal(HttpStatusCode.BadRequest, first.Status);
        Assert.Equal((first.Status, first.Text), (again.Status, again.Text));
        Assert.Single(await producer.LandedAsync(1, "failed"));
    }

    [Fact]
    public async Task Of_many_repetitions_at_once_one_is_received_and_all_get_its_answer()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        var body = new JsonObject { ["messages"] = new JsonArray(producer.Message(), producer.Message()) };

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => producer.Api.PostAsync(producer.Path, body, ("Idempotency-Key", "one"))));

        Assert.Single(answers.Select(answer => answer.Text).Distinct());
        Assert.Equal(2, (await producer.LandedAsync(2)).Count);
    }

    [Fact]
    public async Task A_key_with_another_body_is_422_and_nothing_of_it_is_stored()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);

        await producer.Api.PostAsync(producer.Path, producer.Message(), ("Idempotency-Key", "one"));
        var other = await producer.Api.PostAsync(producer.Path, producer.Message(), ("Idempotency-Key", "one"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Equal($"{producer.Prefix}This Idempotency-Key came with another body before", other.Json["report"]!["message"]!.GetValue<string>());
        Assert.Single(await producer.LandedAsync(1));
    }

    [Fact]
    public async Task A_key_that_is_none_is_refused()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);

        var answer = await producer.Api.PostAsync(producer.Path, producer.Message(), ("Idempotency-Key", new string('k', 300)));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("Idempotency-Key must be 1 to 255", answer.Text);
    }

    [Fact]
    public async Task Deduplication_and_a_key_together_do_not_wait_for_each_other_forever()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house, new JsonObject { ["deduplication"] = true });
        JsonObject Body(int sender) => new()
        {
            ["messages"] = new JsonArray([.. Enumerable.Range(0, 30).Select(one => (sender % 2 == 0 ? one : 29 - one).ToString("D2"))
                .Select(id => producer.Message(Producer.Entity(id)))]),
        };

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(
            sender => producer.Api.PostAsync(producer.Path, Body(sender), ("Idempotency-Key", $"key-{sender}"))));

        Assert.Equal(30, answers.SelectMany(answer => answer.Json["responses"]!.AsArray()).Count(entry => entry!["duplicate"] is null));
        Assert.Equal(30, (await producer.LandedAsync(30)).Count);
    }

    private static string IdOf(ApiAnswer answer, int index) => answer.Json["responses"]![index]!["xactionId"]!.GetValue<string>();
}
