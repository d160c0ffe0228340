using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Deliveries;

/// <summary>Webhooks that are told of entries and exits.</summary>
public sealed class ChangeWebhookTests
{
    private const string Path = "/api/sluice/v1/segment-change-webhooks";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Changes_come_signed_in_their_order_and_again_when_they_are_not_taken(StoreKind kind)
    {
        await using var house = await DeliveryHouse.StartAsync(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (number, http) =>
        {
            http.Response.StatusCode = number <= 2 ? 500 : 200;
            return Task.CompletedTask;
        };
        var made = await house.Admin.PostTextAsync(Path, $$"""{"name":"w","url":"{{receiver.Url}}"}""");
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        var secret = (string)made.Json["secret"]!;

        await house.SendManyAsync(0, 4);
        var (taken, state) = (new List<long>(), await WaitAsync(house, (long)made.Json["id"]!, one => (int)one["delivered"]! == 4));

        foreach (var message in receiver.Received.Skip(2))
            taken.AddRange(message.Json["changes"]!.AsArray().Select(one => (long)one!["seq"]!));
        Assert.Equal(Enumerable.Range(1, 4).Select(seq => (long)seq), taken.Distinct());
        Assert.Equal(taken.Order(), taken);
        Assert.All(receiver.Received, message => Assert.True(message.IsSignedWith(secret)));
        Assert.Equal(receiver.Received[0].Json["changes"]![0]!["seq"]!.ToJsonString(), receiver.Received[2].Json["changes"]![0]!["seq"]!.ToJsonString());
        Assert.Equal((2, 0), ((int)state["failed"]!, (int)state["dropped"]!));
        Assert.DoesNotContain(secret, (await house.Admin.GetAsync(Path)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_webhook_goes_on_after_a_restart_where_it_was(StoreKind kind)
    {
        await using var house = await DeliveryHouse.StartAsync(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        var id = (long)(await house.Admin.PostTextAsync(Path, $$"""{"name":"w","url":"{{receiver.Url}}"}""")).Json["id"]!;
        await house.SendAsync("p0", $"{1:D38}");
        await WaitAsync(house, id, one => (int)one["delivered"]! == 1);

        await house.RestartAsync();
        await house.SendAsync("p1", $"{2:D38}");
        await WaitAsync(house, id, one => (int)one["delivered"]! == 2);

        Assert.Equal([1L, 2], receiver.Received.SelectMany(one => one.Json["changes"]!.AsArray()).Select(one => (long)one!["seq"]!));
    }

    [Fact]
    public async Task A_webhook_is_told_of_the_segments_it_names_while_it_is_enabled()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        await using var receiver = await WebhookReceiver.StartAsync();
        var other = await house.Desk.AddSegmentAsync(house.Source, house.Trait);
        var made = await house.Admin.PostTextAsync(Path, $$"""{"name":"w","url":"{{receiver.Url}}","segments":[{{other}}]}""");
        var id = (long)made.Json["id"]!;

        await house.SendAsync("p0", $"{1:D38}");
        await WaitAsync(house, id, one => (int)one["delivered"]! == 1);
        var off = await house.Admin.SendAsync(HttpMethod.Put, $"{Path}/{id}", """{"enabled":false}""");
        await house.SendAsync("p1", $"{2:D38}");
        var all = await house.Admin.PostTextAsync(Path, $$"""{"name":"all","url":"{{receiver.Url}}"}""");
        await house.SendAsync("p2", $"{3:D38}");
        await WaitAsync(house, (long)all.Json["id"]!, one => (int)one["delivered"]! >= 2);

        var told = receiver.Received.Where(one => (long)one.Json["webhookId"]! == id).SelectMany(one => one.Json["changes"]!.AsArray()).ToList();
        Assert.Equal(HttpStatusCode.OK, off.Status);
        Assert.Equal([other], told.Select(one => (long)one!["segment"]!));
    }

    [Fact]
    public async Task A_dead_webhook_gives_up_what_is_too_old_and_counts_it()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite, "Audience:DeliveryRetention=1.00:00:00");
        var id = (long)(await house.Admin.PostTextAsync(Path, """{"name":"w","url":"http://127.0.0.1:1/"}""")).Json["id"]!;
        await house.SendAsync("ann");
        await WaitAsync(house, id, one => (int)one["attempts"]! > 0);

        house.Clock.Shift(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(10));
        var state = await WaitAsync(house, id, one => (int)one["dropped"]! > 0);

        Assert.Equal((1, 0), ((int)state["dropped"]!, (int)state["delivered"]!));
    }

    [Fact]
    public async Task A_webhook_is_made_read_changed_and_deleted_by_admins_only()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        using var member = await house.Desk.AddMemberAsync("VIEW_ALL_SEGMENTS");
        var body = """{"name":"w","url":"https://hooks.example/"}""";

        var made = await house.Admin.PostTextAsync(Path, body);
        var one = $"{Path}/{made.Json["id"]}";
        var etag = made.Headers.ETag!.Tag;
        var changed = await house.Admin.SendAsync(HttpMethod.Put, one, """{"name":"x"}""", ("If-Match", etag));
        var stale = await house.Admin.SendAsync(HttpMethod.Put, one, """{"name":"y"}""", ("If-Match", etag));
        var got = await house.Admin.GetAsync(one);

        Assert.Equal(one, made.Headers.Location?.OriginalString);
        Assert.Equal(("x", "https://hooks.example/"), ((string)changed.Json["name"]!, (string)changed.Json["url"]!));
        CatalogueDesk.AssertRefused(stale, HttpStatusCode.PreconditionFailed, "precondition_failed");
        Assert.Equal(("x", false), ((string)got.Json["name"]!, got.Json.AsObject().ContainsKey("secret")));
        foreach (var refused in (ApiAnswer[])[await member.GetAsync(Path), await member.GetAsync(one), await member.PostTextAsync(Path, body), await member.SendAsync(HttpMethod.Put, one, body), await member.SendAsync(HttpMethod.Delete, one, null)])
            CatalogueDesk.AssertRefused(refused, HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal(HttpStatusCode.NoContent, (await house.Admin.SendAsync(HttpMethod.Delete, one, null)).Status);
        CatalogueDesk.AssertRefused(await house.Admin.GetAsync(one), HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("""{"url":"https://h.example/"}""", "name is required")]
    [InlineData("""{"name":"w"}""", "url is required")]
    [InlineData("""{"name":"w","url":"http://h.example/"}""", "url must be an https URL")]
    [InlineData("""{"name":"w","url":"https://h.example/","secret":"short"}""", "secret must be whsec_")]
    [InlineData("""{"name":"w","url":"https://h.example/","segments":[999999]}""", "segments names no segment: 999999")]
    [InlineData("""{"name":"w","url":"https://h.example/","segments":"x"}""", "segments must be a list")]
    public async Task A_webhook_that_cannot_be_is_refused(string body, string says)
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);

        CatalogueDesk.AssertRefused(await house.Admin.PostTextAsync(Path, body), HttpStatusCode.BadRequest, "validation_error", says);
        Assert.Equal("[]", (await house.Admin.GetAsync(Path)).Text);
    }

    private static Task<JsonNode> WaitAsync(DeliveryHouse house, long id, Func<JsonNode, bool> isAsWanted) =>
        Until.SeenAsync(async () => (await house.Admin.GetAsync($"{Path}/{id}")).Json["deliveries"]!, isAsWanted);
}
