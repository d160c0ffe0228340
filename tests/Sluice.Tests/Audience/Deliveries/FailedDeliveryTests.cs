using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Deliveries;

/// <summary>Servers that are dead, slow or refuse: what waits, what is given up, and that nothing else is.</summary>
[Contract("audience 5.6", "audience 3.6")]
public sealed class FailedDeliveryTests
{
    private const string Own = "/api/sluice/v1/destinations";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_dead_destination_holds_up_no_other_and_gets_everything_when_it_is_back(StoreKind kind)
    {
        await using var house = await DeliveryHouse.StartAsync(kind);
        await using var healthy = await PartnerServer.StartAsync();
        await using var dead = await PartnerServer.StartAsync();
        dead.Answer = (_, _) => 503;
        var (_, waiting) = (await house.AddMappedAsync(healthy), await house.AddMappedAsync(dead));

        await house.SendManyAsync(0, 25);
        await healthy.WaitAsync(one => one.Users.Distinct().Count() == 25);
        var state = await house.WaitAsync(waiting, one => (int)one["attempts"]! > 1);
        dead.Answer = (_, _) => 200;
        var refused = dead.Messages.Count;
        await dead.WaitAsync(one => one.Messages.Skip(refused - 1).SelectMany(message => message.Users).Distinct().Count() == 25);

        Assert.Equal(("waiting", 503, 0), ((string)state["state"]!, (int)state["lastStatus"]!, (int)state["dropped"]!));
        Assert.True((int)state["failed"]! >= 4 && (int)state["retried"]! >= 2 && (long)state["nextAttempt"]! > 0 && (long)state["lag"]!["since"]! > 0);
        Assert.All(dead.Messages, message => Assert.InRange(message.Json["Users"]!.AsArray().Count, 1, 10));
    }

    [Fact]
    public async Task A_message_that_is_not_taken_is_sent_once_more_at_once()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite, "Audience:DeliveryRetryBase=01:00:00");
        await using var partner = await PartnerServer.StartAsync();
        partner.Answer = (number, _) => number == 1 ? 500 : 200;
        var destination = await house.AddMappedAsync(partner);

        await house.SendAsync("ann");
        var state = await house.WaitAsync(destination, one => (int)one["delivered"]! > 0);

        Assert.Equal((1, 1, 0), ((int)state["failed"]!, (int)state["retried"]!, (int)state["attempts"]!));
        Assert.Equal(partner.Messages[0].Json["Users"]!.ToJsonString(), partner.Messages[1].Json["Users"]!.ToJsonString());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task What_was_not_delivered_before_a_restart_is_delivered_after_it(StoreKind kind)
    {
        await using var house = await DeliveryHouse.StartAsync(kind);
        await using var partner = await PartnerServer.StartAsync();
        partner.Answer = (_, _) => 503;
        var destination = await house.AddMappedAsync(partner);
        await house.SendManyAsync(0, 12);
        await house.WaitAsync(destination, one => (int)one["attempts"]! > 0);

        await house.RestartAsync();
        var before = partner.Messages.Count;
        partner.Answer = (_, _) => 200;
        await partner.WaitAsync(one => one.Messages.Skip(before).SelectMany(message => message.Users).Distinct().Count() == 12);
        await house.WaitAsync(destination, one => (int)one["delivered"]! >= 12);
        await house.RestartAsync();
        var after = partner.Messages.Count;
        await house.SendAsync("last", $"{99:D38}");
        await partner.WaitAsync(one => one.Users.Contains("last: seg=1"));

        Assert.Equal(["last: seg=1"], partner.Messages.Skip(after).SelectMany(message => message.Users).Distinct());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task What_is_older_than_the_retention_is_given_up_and_counted(StoreKind kind)
    {
        await using var house = await DeliveryHouse.StartAsync(kind);
        await using var partner = await PartnerServer.StartAsync();
        partner.Answer = (_, _) => 503;
        var destination = await house.AddMappedAsync(partner, ""","deliveryRetentionHours":24""");
        await house.SendManyAsync(0, 3);
        await house.WaitAsync(destination, one => (int)one["attempts"]! > 0);

        house.Clock.Shift(TimeSpan.FromHours(25));
        var state = await house.WaitAsync(destination, one => (int)one["dropped"]! >= 3);
        partner.Answer = (_, _) => 200;
        await house.SendAsync("new", $"{99:D38}");
        await partner.WaitAsync(one => one.Users.Contains("new: seg=1"));

        Assert.Equal((3, 0, 0), ((int)state["dropped"]!, (int)state["missed"]!, (int)state["delivered"]!));
    }

    [Fact]
    public async Task Changes_are_forgotten_whatever_a_dead_destination_waits_for()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite, "Audience:DeliveryRetention=1.00:00:00");
        await using var partner = await PartnerServer.StartAsync();
        partner.Answer = (_, _) => 503;
        await house.AddMappedAsync(partner);
        await house.SendManyAsync(0, 3);
        await partner.WaitAsync(one => one.Messages.Count > 0);

        house.Clock.Shift(TimeSpan.FromDays(2));
        await Until.SeenAsync(async () => (int)(await house.Admin.GetAsync("/api/sluice/v1/segment-changes?after=1")).Json["missed"]!, missed => missed > 0);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task What_is_refused_for_good_is_put_down_and_can_be_sent_again(StoreKind kind)
    {
        await using var house = await DeliveryHouse.StartAsync(kind);
        await using var partner = await PartnerServer.StartAsync();
        partner.Answer = (_, _) => 400;
        var destination = await house.AddMappedAsync(partner);
        await house.SendManyAsync(0, 2);
        await house.WaitAsync(destination, one => (int)one["deadLetters"]! > 0 && (int)one["attempted"]! >= 2);
        partner.Answer = (_, _) => 200;
        await house.SendAsync("next", $"{99:D38}");
        await partner.WaitAsync(one => one.Users.Contains("next: seg=1")); // goes on behind what was refused

        var letters = (await house.Admin.GetAsync($"{Own}/{destination}/dead-letters?limit=1")).Json;
        var first = letters["letters"]![0]!;
        var before = partner.Messages.Count;
        var again = await house.Admin.PostTextAsync($"{Own}/{destination}/dead-letters/redeliver", $$"""{"ids":[{{first["id"]}}]}""");
        await partner.WaitAsync(one => one.Messages.Count > before);
        var all = await house.Admin.SendAsync(HttpMethod.Post, $"{Own}/{destination}/dead-letters/redeliver", null);
        await house.WaitAsync(destination, one => (int)one["deadLetters"]! == 0);

        Assert.Equal((HttpStatusCode.Accepted, 1, HttpStatusCode.Accepted), (again.Status, (int)again.Json["redelivering"]!, all.Status));
        Assert.Equal((400, 2), ((int)first["lastStatus"]!, (int)first["attempts"]!));
        Assert.Equal(house.Segment, (long)first["users"]![0]!["segments"]![0]!);
        var told = partner.Messages.Skip(before).SelectMany(message => message.Users).ToList();
        Assert.Contains("p0: seg=1", told);
        Assert.Contains("p1: seg=1", told);
    }

    [Fact]
    public async Task Dead_letters_that_are_refused_again_stay_and_can_be_thrown_away()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        await using var partner = await PartnerServer.StartAsync();
        partner.Answer = (_, _) => 422;
        var destination = await house.AddMappedAsync(partner);
        await house.SendAsync("ann");
        await house.WaitAsync(destination, one => (int)one["deadLetters"]! > 0);

        var before = partner.Messages.Count;
        await house.Admin.PostTextAsync($"{Own}/{destination}/dead-letters/redeliver", "{}");
        await partner.WaitAsync(one => one.Messages.Count >= before + 2);
        var letter = await Until.SeenAsync(
            async () => (await house.Admin.GetAsync($"{Own}/{destination}/dead-letters")).Json["letters"]![0]!, one => !(bool)one["redelivering"]!);
        var gone = await house.Admin.SendAsync(HttpMethod.Delete, $"{Own}/{destination}/dead-letters", null);

        Assert.Equal(4, (int)letter!["attempts"]!);
        Assert.Equal(HttpStatusCode.NoContent, gone.Status);
        Assert.Equal(0, (int)(await house.StateAsync(destination))["deadLetters"]!);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(301)]
    public async Task What_may_pass_is_waited_for(int status)
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        await using var partner = await PartnerServer.StartAsync();
        partner.Answer = (number, _) => number <= 2 ? status : 200;
        var destination = await house.AddMappedAsync(partner);

        await house.SendAsync("ann");
        var state = await house.WaitAsync(destination, one => (int)one["delivered"]! > 0);

        Assert.Equal((0, 0), ((int)state["deadLetters"]!, (int)state["dropped"]!));
        Assert.True(partner.Messages.Count >= 3);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task The_outbound_history_counts_what_went_out(StoreKind kind)
    {
        await using var house = await DeliveryHouse.StartAsync(kind);
        await using var partner = await PartnerServer.StartAsync();
        var destination = await house.AddMappedAsync(partner);
        await house.SendManyAsync(0, 3);
        var state = await house.WaitAsync(destination, one => (int)one["delivered"]! >= 3 && (int)one["delivered"]! == (int)one["received"]!);

        var rows = (await house.Admin.GetAsync($"/v1/destinations/{destination}/history/outbound")).Json.AsArray();
        var none = (await house.Admin.GetAsync($"/v1/destinations/{destination}/history/outbound?startDate=0&endDate=1000")).Json.AsArray();

        Assert.Equal((int)state["delivered"]!, rows.Sum(row => (int)row!["successRecords"]!));
        Assert.Equal(rows.Sum(row => (int)row!["receivedRecords"]!), rows.Sum(row => (int)row!["attemptedRecords"]!));
        Assert.Equal((destination, house.Source, true), ((long)rows[0]!["orderID"]!, (long)rows[0]!["dataProviderID"]!, (bool)rows[0]!["success"]!));
        Assert.Empty(none);
    }

    [Fact]
    public async Task What_is_delivered_and_what_fails_is_counted_for_operators()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        await using var partner = await PartnerServer.StartAsync();
        partner.Answer = (number, _) => number == 1 ? 500 : 200;
        var destination = await house.AddMappedAsync(partner);
        await house.SendAsync("ann");
        await house.WaitAsync(destination, one => (int)one["delivered"]! > 0);

        var metrics = await house.Desk.House.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Matches("sluice_audience_delivery_requests_total\\{consumer=\"destination\",outcome=\"failed\"\\} [1-9]", metrics);
        Assert.Matches("sluice_audience_delivery_requests_total\\{consumer=\"destination\",outcome=\"taken\"\\} [1-9]", metrics);
        Assert.Matches("sluice_audience_delivery_records_total\\{consumer=\"destination\",outcome=\"delivered\"\\} [1-9]", metrics);
    }

    [Fact]
    public async Task A_destination_that_is_deleted_leaves_nothing_behind()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        await using var partner = await PartnerServer.StartAsync();
        partner.Answer = (_, _) => 503;
        var destination = await house.AddDestinationAsync(partner);
        var mapping = await house.MapAsync(destination);
        await house.SendAsync("ann");
        await house.WaitAsync(destination, one => (int)one["attempts"]! > 0);

        await house.Admin.SendAsync(HttpMethod.Delete, $"/v1/destinations/{destination}/mappings/{mapping}", null);
        var gone = await house.Admin.SendAsync(HttpMethod.Delete, $"/v1/destinations/{destination}", null);
        var before = partner.Messages.Count;
        var other = await house.AddMappedAsync(partner);
        partner.Answer = (_, _) => 200;
        await house.SendAsync("bob", $"{1:D38}");
        await partner.WaitAsync(one => one.Users.Contains("bob: seg=1"));

        Assert.Equal(HttpStatusCode.NoContent, gone.Status);
        Assert.DoesNotContain(partner.Messages.Skip(before + 1), message => (string)message.Json["AAM_Destination_Id"]! != $"{other}");
    }

    [Fact]
    [Contract("audience 6")]
    public async Task Deliveries_are_for_those_with_rights_on_the_destination()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        await using var partner = await PartnerServer.StartAsync();
        var destination = await house.AddDestinationAsync(partner);
        using var nobody = await house.Desk.AddMemberAsync("");
        using var reader = await house.Desk.AddMemberAsync("", $"DESTINATION/{destination}/READ");
        using var writer = await house.Desk.AddMemberAsync("", $"DESTINATION/{destination}/READ+WRITE");

        foreach (var path in (string[])["deliveries", "dead-letters"])
        {
            CatalogueDesk.AssertRefused(await nobody.GetAsync($"{Own}/{destination}/{path}"), HttpStatusCode.Forbidden, "forbidden");
            Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync($"{Own}/{destination}/{path}")).Status);
        }
        CatalogueDesk.AssertRefused(await reader.PostTextAsync($"{Own}/{destination}/dead-letters/redeliver", "{}"), HttpStatusCode.Forbidden, "forbidden");
        CatalogueDesk.AssertRefused(await reader.SendAsync(HttpMethod.Delete, $"{Own}/{destination}/dead-letters", null), HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal(HttpStatusCode.Accepted, (await writer.PostTextAsync($"{Own}/{destination}/dead-letters/redeliver", "{}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await writer.SendAsync(HttpMethod.Delete, $"{Own}/{destination}/dead-letters", null)).Status);
    }

    [Fact]
    public async Task What_is_asked_wrongly_is_answered_with_the_reason()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        await using var partner = await PartnerServer.StartAsync();
        var (destination, url) = (await house.AddDestinationAsync(partner), await house.Desk.AddDestinationAsync());

        CatalogueDesk.AssertRefused(await house.Admin.GetAsync($"{Own}/999999/deliveries"), HttpStatusCode.NotFound, "not_found");
        CatalogueDesk.AssertRefused(await house.Admin.GetAsync($"{Own}/{url}/deliveries"), HttpStatusCode.BadRequest, "validation_error", "S2S");
        CatalogueDesk.AssertRefused(await house.Admin.GetAsync($"{Own}/{destination}/dead-letters?limit=0"), HttpStatusCode.BadRequest, "validation_error", "limit");
        CatalogueDesk.AssertRefused(await house.Admin.PostTextAsync($"{Own}/{destination}/dead-letters/redeliver", """{"ids":"x"}"""), HttpStatusCode.BadRequest, "validation_error", "ids");
        CatalogueDesk.AssertRefused(await house.Admin.SendAsync(HttpMethod.Delete, $"{Own}/{destination}/dead-letters?id=x", null), HttpStatusCode.BadRequest, "validation_error", "id");
        CatalogueDesk.AssertRefused(await house.Admin.GetAsync($"{Own}/{destination}/nothing"), HttpStatusCode.NotFound, "not_found");
    }
}
