using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>The acceptance scenarios of contract audience.md section 12 that are about people: what events make of them, and what time does.</summary>
public sealed class EngineScenarioTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience E1")]
    public async Task An_event_is_answered_with_its_traits_the_persons_segments_and_where_they_are_sent(StoreKind kind)
    {
        await using var desk = await EngineDesk.StartAsync(kind);
        var trait = await desk.AddTraitAsync("product==12");
        var segment = await desk.AddSegmentAsync($"{trait}T");
        var destination = CatalogueDesk.Id(await desk.Desk.AddAsync("/v1/destinations/", """
            {"name":"partner","destinationType":"PUSH","serializationEnabled":true,"urlFormatString":"http://p.example/?%ALIAS%","secureUrlFormatString":"https://p.example/?%ALIAS%","delimiter":","}
            """), "destinationId");
        await desk.Desk.AddAsync($"/v1/destinations/{destination}/mappings/", $$"""{"sid":{{segment}},"traitType":"SEGMENT","startDate":"2020-01-02","traitAlias":"boots"}""");

        var answer = await desk.SendAsync("product=12&d_dst=1");

        Assert.Equal([trait], EngineDesk.Sids(answer["traits"]!));
        Assert.Equal([segment], EngineDesk.Sids(answer["segments"]!));
        Assert.Equal("https://p.example/?boots", (string)answer["dests"]![0]!["e"]!);
        Assert.Equal((12, EngineDesk.Device), (((string)answer["tid"]!).Length, (string)answer["uuid"]!));
    }

    [Fact]
    [Contract("audience E5")]
    public async Task What_somebody_does_signed_in_belongs_to_the_customer_and_is_read_on_the_next_device()
    {
        await using var desk = await EngineDesk.StartAsync();
        var trait = await desk.AddTraitAsync("product==12");
        var segment = await desk.AddSegmentAsync($"{trait}T");

        await desk.SendAsync($"d_cid={desk.Source}%01u1%011&d_sid={trait}");
        var before = await desk.SegmentsAfterAsync("x=1", EngineDesk.OtherDevice);
        var signedIn = await desk.SegmentsAfterAsync($"d_cid={desk.Source}%01u1%011", EngineDesk.OtherDevice);
        var signedOut = await desk.SegmentsAfterAsync($"d_cid={desk.Source}%01u1%012", EngineDesk.OtherDevice);
        var why = await desk.ExplainAsync(segment, EngineDesk.OtherDevice);

        Assert.Empty(before);
        Assert.Equal([segment], signedIn);
        Assert.Equal([segment], signedOut); // whoever signed in last is still read
        Assert.True(await desk.IsMemberAsync(segment, "u1", $"{desk.Source}"));
        Assert.Equal("u1", (string)why["terms"]![0]!["held"]![0]!["profile"]!["id"]!);
    }

    [Fact]
    [Contract("audience E7")]
    public async Task Whoever_opts_out_is_in_no_segment_and_collects_nothing()
    {
        await using var desk = await EngineDesk.StartAsync();
        var trait = await desk.AddTraitAsync("product==12");
        var segment = await desk.AddSegmentAsync($"{trait}T");
        await desk.SendAsync("product=12");

        using var optOut = await desk.Desk.House.Http.GetAsync($"/demoptout.jpg?d_uuid={EngineDesk.Device}", TestContext.Current.CancellationToken);
        var answer = await desk.SendAsync("product=12");

        Assert.Equal(HttpStatusCode.OK, optOut.StatusCode);
        Assert.Equal(171, (int)answer["errors"]![0]!["code"]!);
        Assert.Null(answer["uuid"]);
        var why = await desk.ExplainAsync(segment);
        Assert.Equal((false, true), ((bool)why["isMember"]!, (bool)why["isOptedOut"]!));
    }

    [Fact]
    public async Task An_opt_out_that_cannot_be_kept_is_not_answered_as_if_it_were()
    {
        await using var house = await EventHouse.StartAsync();
        house.Engine.Instead = () => throw new Sluice.Journal.JournalFullException("full");
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(house.Address) };

        using var refused = await http.GetAsync($"/demoptout.jpg?d_uuid={EventHouse.Device}", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience E8")]
    public async Task A_trait_of_one_day_realized_at_one_oclock_lasts_forty_seven_hours(StoreKind kind)
    {
        await using var desk = await EngineDesk.StartAsync(kind);
        var trait = await desk.AddTraitAsync("product==12", ""","ttl":1""");
        var segment = await desk.AddSegmentAsync($"{trait}T");
        await desk.SendAsync("product=12");

        await desk.PassAsync(new TimeSpan(46, 50, 0)); // the test itself takes a while: ten minutes are left of the forty-seventh hour
        var stillIn = await desk.SegmentsAfterAsync("x=1");
        await desk.PassAsync(TimeSpan.FromMinutes(10));
        await desk.UntilMemberAsync(segment, false);

        Assert.Equal([segment], stillIn);
        Assert.Empty(await desk.SegmentsAfterAsync("x=1"));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience E9")]
    public async Task Somebody_enters_with_the_third_event_in_five_days_and_leaves_without_any(StoreKind kind)
    {
        await using var desk = await EngineDesk.StartAsync(kind);
        var trait = await desk.AddTraitAsync("product==12");
        var segment = await desk.AddSegmentAsync($"frequency([{trait}T] <= 5D) >= 3");

        var first = await desk.SegmentsAfterAsync("product=12");
        await desk.PassAsync(TimeSpan.FromDays(1));
        var second = await desk.SegmentsAfterAsync("product=12");
        await desk.PassAsync(TimeSpan.FromDays(1));
        var third = await desk.SegmentsAfterAsync("product=12");
        await desk.PassAsync(TimeSpan.FromDays(6));
        await desk.UntilMemberAsync(segment, false);

        Assert.Empty(first);
        Assert.Empty(second);
        Assert.Equal([segment], third);
    }

    [Fact]
    [Contract("audience E10")]
    public async Task A_paused_segment_keeps_its_members_and_admits_nobody_and_a_deleted_one_is_gone()
    {
        await using var desk = await EngineDesk.StartAsync();
        var trait = await desk.AddTraitAsync("product==12");
        var segment = await desk.AddSegmentAsync($"{trait}T");
        await desk.SendAsync("product=12");

        await SetStatusAsync("INACTIVE");
        var paused = await desk.SegmentsAfterAsync("product=12", EngineDesk.OtherDevice);
        var kept = await desk.IsMemberAsync(segment);
        await SetStatusAsync("ACTIVE");
        await desk.UntilMemberAsync(segment, true, EngineDesk.OtherDevice);
        var deleted = await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/segments/{segment}", null);
        var gone = await desk.SegmentsAfterAsync("x=1");

        Assert.Empty(paused);
        Assert.True(kept);
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        Assert.Empty(gone);

        async Task SetStatusAsync(string status)
        {
            var known = (await desk.Admin.GetAsync($"/v1/segments/{segment}")).Json;
            known["status"] = status;
            Assert.Equal(HttpStatusCode.OK, (await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/segments/{segment}", known.ToJsonString())).Status);
        }
    }

    [Fact]
    [Contract("audience E11")]
    public async Task A_rule_on_a_private_key_realizes_its_trait()
    {
        await using var desk = await EngineDesk.StartAsync();
        var trait = await desk.AddTraitAsync("p_age < 25 AND product == 12");

        var young = await desk.SendAsync("p_age=23&product=12");
        var old = await desk.SendAsync("p_age=30&product=12", EngineDesk.OtherDevice);

        Assert.Equal([trait], EngineDesk.Sids(young["traits"]!));
        Assert.Empty(old["traits"]!.AsArray());
    }

    [Fact]
    [Contract("audience P2")]
    public async Task Events_of_one_person_at_the_same_time_are_all_counted()
    {
        await using var desk = await EngineDesk.StartAsync();
        var trait = await desk.AddTraitAsync("product==12");
        var exactly = await desk.AddSegmentAsync($"frequency([{trait}T]) == 40");

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => desk.SendAsync("product=12")));

        Assert.True(await desk.IsMemberAsync(exactly));
    }

    [Fact]
    [Contract("audience P1")]
    public async Task A_new_rule_meets_the_very_next_event_and_a_new_segment_everybody_seen_before()
    {
        await using var desk = await EngineDesk.StartAsync();
        var known = await desk.AddTraitAsync("product==12");
        await desk.SendAsync("product=12");
        await desk.SendAsync("product=12", EngineDesk.OtherDevice);

        var fresh = await desk.AddTraitAsync("colour==red");
        var realized = EngineDesk.Sids((await desk.SendAsync("colour=red"))["traits"]!);
        var segment = await desk.AddSegmentAsync($"{known}T AND NOT {fresh}T");
        await desk.UntilMemberAsync(segment, true, EngineDesk.OtherDevice);

        Assert.Equal([fresh], realized);
        Assert.False(await desk.IsMemberAsync(segment));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_collected_message_moves_a_person_into_a_segment_and_time_moves_them_out(StoreKind kind)
    {
        await using var desk = await EngineDesk.StartAsync(kind);
        using var producer = await Producer.OpenAsync(desk.Desk.House);
        var enabled = await producer.Api.SendAsync(HttpMethod.Patch, $"/data/foundation/catalog/dataSets/{producer.DatasetId}", """{"tags":{"unifiedProfile":["enabled:true"]}}""");
        var trait = await desk.AddTraitAsync("\"commerce.productViews.value\" == 1 AND productListItems.SKU == \"LOCK-GATE\"", ""","ttl":2""");
        var segment = await desk.AddSegmentAsync($"{trait}T");
        var sample = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(SharedData.Repository, "samples/messages/valid.json"), TestContext.Current.CancellationToken))!;
        var entity = sample["messages"]![0]!["body"]!["xdmEntity"]!.DeepClone();
        entity["identityMap"] = JsonNode.Parse("""{"Email":[{"id":"a@b.example","primary":true}]}""");

        var sent = await producer.Api.PostAsync(producer.Path, producer.Message(entity));
        await desk.UntilMemberAsync(segment, true, "a@b.example", "Email");
        await desk.PassAsync(TimeSpan.FromDays(3));
        await desk.UntilMemberAsync(segment, false, "a@b.example", "Email");

        Assert.True(enabled.Status == HttpStatusCode.OK, enabled.Text);
        Assert.True(sent.Status == HttpStatusCode.OK, sent.Text);
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        await using var desk = await EngineDesk.StartAsync();
        var segment = await desk.AddSegmentAsync($"{await desk.AddTraitAsync("a==1")}T");
        (ApiAnswer Answer, string Message)[] missing =
        [
            (await desk.Admin.GetAsync("/v1/segments/77/explain?id=9"), "There is no segment 77"),
            (await desk.Admin.GetAsync($"/v1/segments/{segment}/explain?id=9"), "There is no profile [9] in namespace 0"),
            (await desk.Admin.GetAsync("/api/sluice/v1/backfills/77"), "There is no backfill 77"),
            (await desk.Admin.PostTextAsync("/api/sluice/v1/backfills/77/pause", "{}"), "There is no backfill 77"),
            (await desk.Admin.PostTextAsync("/api/sluice/v1/backfills", """{"sid":77}"""), "There is no trait or segment 77"),
        ];

        Assert.All(missing, one => Assert.Equal((HttpStatusCode.NotFound, one.Message), (one.Answer.Status, (string)one.Answer.Json["message"]!)));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_restart_changes_nothing_about_anybody(StoreKind kind)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-again-").FullName;
        string[] settings = kind == StoreKind.Postgres ? [$"Storage:Postgres={await PostgresServer.NewDatabaseAsync()}"] : [];
        long segment;
        await using (var desk = await CatalogueDesk.OfAsync(await TestHouse.StartInAsync(folder, settings)))
        {
            var trait = await desk.AddTraitAsync(await desk.AddDataSourceAsync("shop"));
            segment = await desk.AddSegmentAsync(CatalogueDesk.Id((await desk.Admin.GetAsync($"/v1/traits/{trait}")).Json, "dataSourceId"), trait);
            await desk.House.Http.GetStringAsync($"/event?d_uuid={EngineDesk.Device}&product=12&d_rtbd=json", TestContext.Current.CancellationToken);
        }

        await using (var again = await CatalogueDesk.OfAsync(await TestHouse.StartInAsync(folder, settings)))
        {
            var answer = JsonNode.Parse(await again.House.Http.GetStringAsync($"/event?d_uuid={EngineDesk.Device}&d_rtbd=json&d_cts=2", TestContext.Current.CancellationToken))!;
            Assert.Equal([segment], EngineDesk.Sids(answer["segments"]!));
        }
        Directory.Delete(folder, recursive: true);
    }
}
