using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Collection;
using Sluice.Collection.Batches;
using Sluice.Collection.Notifications;
using Sluice.Storage;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>Notifications of landed batches: one for each batch and webhook, signed, in order, repeated until they are taken or dead.</summary>
[Contract("4.6")]
public sealed class WebhookTests
{
    private const string Webhooks = "/api/sluice/v1/webhooks";

    private static readonly string[] Local = ["Collection:AllowLocalWebhooks=true", "Collection:WebhookRetryBase=00:00:00.01"];

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Each_landed_batch_is_told_once_to_each_webhook_with_its_figures_and_a_signature(StoreKind kind)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var house = await TestHouse.StartAsync(kind, [.. Local, "Collection:BatchWindow=00:00:01"]);
        using var producer = await Producer.OpenAsync(house);
        var created = await producer.Api.PostAsync(Webhooks, Hook(receiver));

        await producer.SendAsync(producer.Message(), producer.Message(), producer.Message(new JsonObject()));
        await producer.LandedAsync(1, "failed");
        var received = await receiver.WaitAsync(2);
        await DeliveriesAsync(producer.Api, created, "delivered", 2);

        var secret = (string)created.Json["secret"]!;
        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.All(received, one => Assert.True(one.IsSignedWith(secret)));
        Assert.All(received, one => Assert.Equal(one.Id, (string)one.Json["event_id"]!));
        var batches = (await producer.Api.GetAsync($"/data/foundation/catalog/batches?dataSet={producer.DatasetId}")).Json.AsObject();
        Assert.Equal(
            batches.Select(batch => ((string)batch.Value!["status"]! == "success" ? $"ing_load_success {batch.Key} 2 0" : $"ing_load_failure {batch.Key} 0 1")).Order(),
            received.Select(one => $"{one.Event["xdm:eventCode"]} {one.Event["xdm:ingestionId"]} {one.Event["xdm:successRecords"]} {one.Event["xdm:failedRecords"]}").Order());
        Assert.All(received, one => Assert.Equal(
            (house.OrgId, producer.DatasetId, "production", true),
            ((string)one.Event["xdm:imsOrg"]!, (string)one.Event["xdm:datasetId"]!, (string)one.Event["xdm:sandboxName"]!, (long)one.Event["xdm:completed"]! > 0)));
        Assert.Contains("sluice_collection_webhook_deliveries_total{outcome=\"delivered\"} 2", await house.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_hears_only_of_the_events_and_datasets_it_asked_for_and_of_none_while_disabled()
    {
        await using var all = await WebhookReceiver.StartAsync();
        await using var failures = await WebhookReceiver.StartAsync();
        await using var other = await WebhookReceiver.StartAsync();
        await using var disabled = await WebhookReceiver.StartAsync();
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, Local);
        using var producer = await Producer.OpenAsync(house);
        await producer.Api.PostAsync(Webhooks, Hook(all));
        await producer.Api.PostAsync(Webhooks, With(Hook(failures), "events", new JsonArray("ing_load_failure"), "dataSets", new JsonArray(producer.DatasetId)));
        await producer.Api.PostAsync(Webhooks, With(Hook(other), "dataSets", new JsonArray("5e41fb9b9c0d1f18a8b3a1c2")));
        await producer.Api.PostAsync(Webhooks, With(Hook(disabled), "enabled", false));

        await producer.SendAsync(producer.Message(), producer.Message(new JsonObject()), "of no dataset");
        var told = await all.WaitAsync(3);
        var toldOfFailures = await failures.WaitAsync(1);

        Assert.Equal(["ing_load_failure", "ing_load_failure", "ing_load_success"], told.Select(one => (string)one.Event["xdm:eventCode"]!).Order());
        Assert.Equal(producer.InletId, told.Select(one => (string?)one.Event["inletId"]).Single(one => one is not null));
        Assert.Equal(["ing_load_failure"], toldOfFailures.Select(one => (string)one.Event["xdm:eventCode"]!));
        Assert.Empty(other.Received);
        Assert.Empty(disabled.Received);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_notification_that_is_not_taken_comes_again_under_the_same_id_before_any_later_one(StoreKind kind)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (number, http) =>
        {
            http.Response.StatusCode = number <= 2 ? 500 : 204;
            return http.Response.CompleteAsync();
        };
        await using var house = await TestHouse.StartAsync(kind, Local);
        using var producer = await Producer.OpenAsync(house);
        var created = await producer.Api.PostAsync(Webhooks, Hook(receiver));

        await producer.SendAsync(producer.Message());
        await producer.LandedAsync(1);
        await producer.SendAsync(producer.Message());
        var received = await receiver.WaitAsync(4);
        var deliveries = await DeliveriesAsync(producer.Api, created, "delivered", 2);

        Assert.Equal(2, received.Select(one => one.Id).Distinct().Count());
        Assert.Equal([received[0].Id, received[0].Id, received[0].Id], received.Take(3).Select(one => one.Id));
        Assert.Equal(["1 204", "3 204"], deliveries.Select(one => $"{one["attempts"]} {one["lastStatus"]}"));
    }

    [Fact]
    public async Task A_receiver_that_never_answers_holds_up_neither_landing_nor_another_receiver()
    {
        await using var slow = await WebhookReceiver.StartAsync();
        var hangUp = new TaskCompletionSource();
        slow.Answer = (_, _) => hangUp.Task;
        await using var quick = await WebhookReceiver.StartAsync();
        await using (var house = await TestHouse.StartAsync(StoreKind.Sqlite, Local))
        {
            using var producer = await Producer.OpenAsync(house);
            var created = await producer.Api.PostAsync(Webhooks, Hook(slow));
            await producer.Api.PostAsync(Webhooks, Hook(quick));

            for (var batch = 1; batch <= 3; batch++)
            {
                await producer.SendAsync(producer.Message());
                await producer.LandedAsync(batch);
                await quick.WaitAsync(batch);
            }

            Assert.Equal(3, quick.Received.Count);
            Assert.Single(slow.Received);
            Assert.Equal(3, (await DeliveriesAsync(producer.Api, created, "waiting", 3)).Count);
        }
        hangUp.SetResult();
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task What_was_attempted_too_often_is_dead_and_can_be_sent_again_by_hand(StoreKind kind)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var isMended = false;
        receiver.Answer = async (_, http) =>
        {
            http.Response.StatusCode = isMended ? 200 : 503;
            await http.Response.WriteAsync(isMended ? "thanks" : "under repair", http.RequestAborted);
        };
        await using var house = await TestHouse.StartAsync(kind, [.. Local, "Collection:WebhookMaxAttempts=3"]);
        using var producer = await Producer.OpenAsync(house);
        var created = await producer.Api.PostAsync(Webhooks, Hook(receiver));
        await producer.SendAsync(producer.Message());

        var dead = (await DeliveriesAsync(producer.Api, created, "dead", 1)).Single();
        isMended = true;
        var retried = await producer.Api.PostTextAsync($"{Webhooks}/{created.Json["id"]}/deliveries/{dead["id"]}/retry", "");
        var delivered = (await DeliveriesAsync(producer.Api, created, "delivered", 1)).Single();
        var again = await producer.Api.PostTextAsync($"{Webhooks}/{created.Json["id"]}/deliveries/{dead["id"]}/retry", "");
        var unknown = await producer.Api.PostTextAsync($"{Webhooks}/{created.Json["id"]}/deliveries/nothing/retry", "");

        Assert.Equal("3 503 under repair", $"{dead["attempts"]} {dead["lastStatus"]} {dead["lastAnswer"]}");
        Assert.Equal(HttpStatusCode.Accepted, retried.Status);
        Assert.Equal("1 200 thanks", $"{delivered["attempts"]} {delivered["lastStatus"]} {delivered["lastAnswer"]}");
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.NotFound), (again.Status, unknown.Status));
        Assert.Single(receiver.Received.Select(one => one.Id).Distinct());
        Assert.Equal(4, receiver.Received.Count);
    }

    [Fact]
    public async Task A_window_redone_after_a_stop_tells_once_and_what_waited_goes_on_after_a_restart()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var folder = Directory.CreateTempSubdirectory("sluice-webhook-").FullName;
        string datasetId;
        await using (var first = await TestHouse.StartInAsync(folder, [.. Local, "Collection:LandingPaused=true"]))
        {
            using var producer = await Producer.OpenAsync(first);
            datasetId = producer.DatasetId;
            await producer.Api.PostAsync(Webhooks, Hook(receiver));
            await producer.SendAsync(producer.Message());
        }
        var plan = new Batch { BatchId = "01JD0000000000000000000000", OwnerId = datasetId, Path = $"dataset={datasetId}/date=2024-11-21/01JD0000000000000000000000.ndjson.gz" };
        await using (var sql = new SqliteStore(Path.Combine(folder, "production/metadata.db")))
            await new BatchStore(sql).AddPlansAsync([plan], CancellationToken.None);

        // Lands and is told, but is not taken before the process stops.
        receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await using (await TestHouse.StartInAsync(folder, "Collection:AllowLocalWebhooks=true", "Collection:WebhookRetryBase=00:00:00.5"))
            await receiver.WaitAsync(1);
        receiver.Answer = (_, _) => Task.CompletedTask;
        await using (var third = await TestHouse.StartInAsync(folder, Local))
        {
            using var api = await third.SignInAsync();
            var hook = (await api.GetAsync(Webhooks)).Json["webhooks"]![0]!;
            var deliveries = await DeliveriesAsync(api, (string)hook["id"]!, "delivered", 1);

            Assert.Equal([plan.BatchId], deliveries.Select(one => (string)one["batchId"]!));
            Assert.Single(receiver.Received.Select(one => one.Id).Distinct());
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_redirect_is_an_answer_like_any_other_failure_and_is_not_followed()
    {
        await using var elsewhere = await WebhookReceiver.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = 307;
            http.Response.Headers.Location = elsewhere.Url;
            return Task.CompletedTask;
        };
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, [.. Local, "Collection:WebhookMaxAttempts=1"]);
        using var producer = await Producer.OpenAsync(house);
        var created = await producer.Api.PostAsync(Webhooks, Hook(receiver));

        await producer.SendAsync(producer.Message());
        var dead = await DeliveriesAsync(producer.Api, created, "dead", 1);

        Assert.Equal(307, dead.Single()["lastStatus"]!.GetValue<int>());
        Assert.Empty(elsewhere.Received);
    }

    [Fact]
    public async Task A_target_on_this_machine_is_refused_as_it_is_written_and_when_its_name_is_looked_up()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, "Collection:WebhookMaxAttempts=1");
        using var producer = await Producer.OpenAsync(house);
        foreach (var url in new[] { receiver.Url, "http://localhost/", "https://LOCALHOST.:80/", "http://a.localhost/", "http://[::1]/", "http://2130706433/", "http://169.254.169.254/", "http://[::ffff:10.0.0.1]/" })
        {
            var refused = await producer.Api.PostAsync(Webhooks, new JsonObject { ["name"] = "local", ["url"] = url });
            Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
            Assert.Contains("'url'", (string)refused.Json["detail"]!, StringComparison.Ordinal);
        }

        // The machine's own name says nothing as it is written.
        var byName = $"http://{Dns.GetHostName()}:{new Uri(receiver.Url).Port}/";
        var created = await producer.Api.PostAsync(Webhooks, new JsonObject { ["name"] = "named", ["url"] = byName });
        await producer.SendAsync(producer.Message());
        var dead = await DeliveriesAsync(producer.Api, created, "dead", 1);

        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Null(dead.Single()["lastStatus"]);
        Assert.Contains("private network", (string)dead.Single()["lastAnswer"]!, StringComparison.Ordinal);
        Assert.Empty(receiver.Received);
    }

    [Theory]
    [InlineData("127.8.9.1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.0.1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("8.8.8.8", false)]
    [InlineData("::1", true)]
    [InlineData("::", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("::ffff:8.8.8.8", false)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("64:ff9b::7f00:1", true)]
    [InlineData("2606:4700::1111", false)]
    public void Addresses_of_this_machine_its_link_and_private_networks_are_known(string address, bool isLocal) =>
        Assert.Equal(isLocal, TargetRule.IsLocal(IPAddress.Parse(address)));

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_secret_is_shown_once_at_most_and_a_webhook_is_changed_only_as_it_was_read(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var api = await house.SignInAsync();
        var body = new JsonObject { ["name"] = "Ops", ["url"] = "https://hooks.example.com/sluice" };
        var own = "whsec_" + Convert.ToBase64String(new byte[32]);

        var made = await api.PostAsync(Webhooks, body);
        var given = await api.PostAsync(Webhooks, With(body, "secret", own));
        var path = $"{Webhooks}/{made.Json["id"]}";
        var read = await api.GetAsync(path);
        var etag = read.Headers.ETag!.ToString();
        var changed = await api.SendAsync(HttpMethod.Put, path, With(body, "enabled", false).ToJsonString(), ("If-Match", etag));
        var stale = await api.SendAsync(HttpMethod.Put, path, body.ToJsonString(), ("If-Match", etag));
        var list = await api.GetAsync(Webhooks);

        Assert.StartsWith("whsec_", (string)made.Json["secret"]!, StringComparison.Ordinal);
        foreach (var answer in new[] { given, read, changed, stale, list })
            Assert.DoesNotContain("whsec_", answer.Text, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.PreconditionFailed), (changed.Status, stale.Status));
        Assert.False((bool)(await api.GetAsync(path)).Json["enabled"]!);
        Assert.Equal(["ing_load_success", "ing_load_failure"], read.Json["events"]!.AsArray().Select(one => (string)one!));
        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsync(HttpMethod.Delete, path, null)).Status);
        foreach (var gone in new[] { await api.GetAsync(path), await api.SendAsync(HttpMethod.Delete, path, null), await api.SendAsync(HttpMethod.Put, path, body.ToJsonString()), await api.GetAsync(path + "/deliveries") })
            Assert.Equal(HttpStatusCode.NotFound, gone.Status);
    }

    [Fact]
    public async Task A_webhook_that_cannot_be_is_refused_with_its_reason()
    {
        (string Body, string Named)[] bad =
        [
            ("{}", "'name'"),
            ("""{"name":"a"}""", "'url'"),
            ("""{"name":"a","url":"ftp://example.com/"}""", "'url'"),
            ("""{"name":"a","url":"https://me:secret@example.com/"}""", "'url'"),
            ("""{"name":"a","url":"https://example.com/","events":[]}""", "'events'"),
            ("""{"name":"a","url":"https://example.com/","events":["ps_load_success"]}""", "not offered yet"),
            ("""{"name":"a","url":"https://example.com/","events":["party"]}""", "[party]"),
            ("""{"name":"a","url":"https://example.com/","dataSets":"all"}""", "'dataSets'"),
            ("""{"name":"a","url":"https://example.com/","secret":"short"}""", "'secret'"),
            ("""{"name":"a","url":"https://example.com/","secret":"whsec_AAAA"}""", "'secret'"),
            ("""{"name":"a","url":"https://example.com/","enabled":"yes"}""", "'enabled'"),
            ("""{"name":"a","url":"https://example.com/","colour":"red"}""", "'colour'"),
            ("[1]", "object"),
        ];
        await using var house = await TestHouse.StartAsync();
        using var api = await house.SignInAsync();

        foreach (var (body, named) in bad)
        {
            var refused = await api.PostTextAsync(Webhooks, body);

            Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
            Assert.Contains(named, (string)refused.Json["detail"]!, StringComparison.Ordinal);
        }
        Assert.Empty((await api.GetAsync(Webhooks)).Json["webhooks"]!.AsArray());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task The_outbox_keeps_what_waits_and_of_what_is_over_the_newest_for_some_days(StoreKind kind)
    {
        await using var store = await TestStore.OpenAsync(kind);
        await store.Sql.MigrateAsync([new MigrationSet("collection", typeof(CollectionModule).Assembly)], TimeProvider.System, TestContext.Current.CancellationToken);
        await new WebhookStore(store.Sql).TryAddAsync(new Webhook { WebhookId = "hook", Url = "https://example.com/" }, CancellationToken.None);
        var outbox = new Outbox(store.Sql, "ACME@AdobeOrg", "production");
        const long now = 1_800_000_000_000;
        const long day = 86_400_000;
        Batch[] batches = [.. Enumerable.Range(0, Outbox.MaxOver + 5).Select(one => new Batch { BatchId = $"b{one:0000}", CompletedMs = now })];
        await store.Sql.WriteAsync(session => outbox.AddAsync(session, batches), CancellationToken.None);
        await store.Sql.WriteAsync(session => outbox.AddAsync(session, batches[..3]), CancellationToken.None); // told already
        foreach (var delivery in await outbox.ListAsync("hook", null, 0, 2_000, CancellationToken.None))
        {
            // b0000 goes on waiting, b0001 died long ago, b0002 a while ago; all others were delivered.
            (delivery.State, delivery.FinishedMs) = delivery.BatchId switch
            {
                "b0000" => (Delivery.Waiting, 0),
                "b0001" => (Delivery.Dead, now - 31 * day),
                "b0002" => (Delivery.Dead, now - 8 * day),
                "b1004" => (Delivery.Delivered, now - 8 * day),
                _ => (Delivery.Delivered, now),
            };
            await outbox.UpdateAsync(delivery, CancellationToken.None);
        }

        await outbox.TidyAsync(now, CancellationToken.None);

        var kept = await outbox.ListAsync("hook", null, 0, 2_000, CancellationToken.None);
        Assert.Equal(["b0000", "b0002"], kept.Where(one => one.State != Delivery.Delivered).Select(one => one.BatchId).Order());
        Assert.Equal(("b0004", "b1003", Outbox.MaxOver), (kept.Where(one => one.State == Delivery.Delivered).Min(one => one.BatchId), kept.Max(one => one.BatchId), kept.Count - 2));
        Assert.Equal(["b0000"], (await outbox.ListNextAsync(CancellationToken.None)).Select(one => one.BatchId));
    }

    private static JsonObject Hook(WebhookReceiver receiver) => new() { ["name"] = "Receiver", ["url"] = receiver.Url };

    private static JsonObject With(JsonObject body, string name, JsonNode value, string? otherName = null, JsonNode? otherValue = null)
    {
        var changed = body.DeepClone().AsObject();
        changed[name] = value;
        if (otherName is not null)
            changed[otherName] = otherValue;
        return changed;
    }

    private static Task<List<JsonNode>> DeliveriesAsync(ApiClient api, ApiAnswer created, string state, int wanted) =>
        DeliveriesAsync(api, (string)created.Json["id"]!, state, wanted);

    // Waits until so many deliveries are in the state.
    private static async Task<List<JsonNode>> DeliveriesAsync(ApiClient api, string webhookId, string state, int wanted)
    {
        var all = await Until.SeenAsync(
            async () => (await api.GetAsync($"{Webhooks}/{webhookId}/deliveries?state={state}")).Json["deliveries"]!.AsArray(), found => found.Count >= wanted);
        return [.. all.Select(one => one!)];
    }
}
