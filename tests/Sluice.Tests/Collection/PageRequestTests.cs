using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>The two requests of the streaming-ingestion page, and its three corrections, over real sockets.</summary>
public sealed class PageRequestTests
{
    [Fact]
    [Statement("A2")]
    public async Task Two_hundred_messages_in_one_request_go_to_the_disk_at_once_and_one_by_one_two_hundred_times()
    {
        const int Messages = 200;
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        var before = await FlushesAsync();

        await producer.SendAsync([.. Enumerable.Range(0, Messages).Select(_ => producer.Message())]);
        var together = await FlushesAsync() - before;
        for (var one = 0; one < Messages; one++)
            await producer.Api.PostAsync(producer.Path, producer.Message());
        var apart = await FlushesAsync() - before - together;

        Assert.InRange(together, 1, 3); // whatever else is told the journal at that moment
        Assert.InRange(apart, Messages, Messages + 50);

        async Task<int> FlushesAsync() => int.Parse(Regex.Match(
            (await producer.Api.GetAsync("/metrics")).Text, "^sluice_journal_flushes_total.* ([0-9]+)$", RegexOptions.Multiline).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Statement("A4", "A7", "A11", "A12", "A14", "A15", "A16", "A17", "A18", "A19", "A20", "A35")]
    public async Task The_pages_two_valid_messages_are_accepted_with_207_and_land(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);

        var answer = await producer.Api.PostTextAsync(producer.Path, producer.Fill(SharedData.Read("messages/valid.json")));
        var landed = await producer.LandedAsync(2);

        Assert.Equal(HttpStatusCode.MultiStatus, answer.Status);
        Assert.Equal(producer.InletId, answer.Json["inletId"]!.GetValue<string>());
        var batchId = answer.Json["batchId"]!.GetValue<string>();
        Assert.Matches("^[0-9]{13}:[0-9]+:[0-9]+$", batchId);
        Assert.True(answer.Json["receivedTimeMs"]!.GetValue<long>() > 1_700_000_000_000);
        Assert.Equal(
            [$"{{\"xactionId\":\"{batchId}:0\"}}", $"{{\"xactionId\":\"{batchId}:1\"}}"],
            answer.Json["responses"]!.AsArray().Select(entry => entry!.ToJsonString()));
        Assert.Equal(
            ["9af5adcc-db9c-4692-b826-65d3abe68c22", "7af6adcc-dc9e-4692-b826-55d2abe68c11"],
            landed.Select(entity => entity["_id"]!.GetValue<string>()));
        Assert.Equal(7.8, landed[0]["productListItems"]![0]!["priceTotal"]!.GetValue<double>());
    }

    [Theory]
    [Contract("1.4", "4.5", "Ruling 1", "Ruling 3")]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Statement("A21", "A28", "A29", "A30", "A31", "A32", "A33", "A34", "A36", "A37", "A45", "A46", "A47", "A51", "A60")]
    public async Task The_pages_mixed_request_answers_each_message_and_keeps_the_three_failed_ones_with_their_reasons(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);

        var answer = await producer.Api.PostTextAsync(producer.Path, producer.Fill(SharedData.Read("messages/mixed.json")));
        var landed = await producer.LandedAsync(2);
        var failed = await producer.LandedAsync(3, "failed");

        Assert.Equal(HttpStatusCode.MultiStatus, answer.Status);
        var entries = answer.Json["responses"]!.AsArray();
        var batchId = answer.Json["batchId"]!.GetValue<string>();
        Assert.Equal(
            [
                null,
                producer.Prefix + "Message has unknown xdm format",
                producer.Prefix + "Message has an absent or wrong ims org in the header",
                null,
                producer.Prefix + "Message has unknown xdm format",
            ],
            entries.Select(entry => entry!["message"]?.GetValue<string>()));
        Assert.Equal(
            [$"{batchId}:0", $"{batchId}-1", $"{batchId}-2", $"{batchId}:3", $"{batchId}-4"],
            entries.Select(entry => entry!["xactionId"]!.GetValue<string>()));
        Assert.All([entries[1], entries[2], entries[4]], entry =>
        {
            Assert.Equal(400, entry!["statusCode"]!.GetValue<int>());
            Assert.Equal(400, entry["status"]!.GetValue<int>());
        });

        Assert.Equal(2, landed.Count);
        Assert.Equal(
            [
                "Message has unknown xdm format",
                "Message has an absent or wrong ims org in the header",
                "Message has unknown xdm format",
            ],
            failed.Select(message => message["_errors"]!["_streamingValidation"]![0]!["message"]!.GetValue<string>()));
        Assert.Equal(
            [$"{batchId}-1", $"{batchId}-2", $"{batchId}-4"],
            failed.Select(message => message["_dcsMeta"]!["xactionId"]!.GetValue<string>()));
        Assert.Equal("invalidIMSOrg@AdobeOrg", failed[1]["header"]!["imsOrgId"]!.GetValue<string>());
        Assert.Equal("_xdm.context.experienceevent", failed[2]["header"]!["xdmSchema"]!["name"]!.GetValue<string>());
    }

    [Fact]
    [Contract("Ruling 10")]
    [Statement("A38", "A39", "A44")]
    public async Task Each_of_the_pages_three_corrections_makes_its_message_pass()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        var messages = JsonNode.Parse(producer.Fill(SharedData.Read("messages/mixed.json")))!["messages"]!.AsArray();

        var withBody = messages[1]!.DeepClone();
        withBody["body"] = new JsonObject
        {
            ["xdmMeta"] = new JsonObject { ["schemaRef"] = producer.SchemaRef() },
            ["xdmEntity"] = Producer.Entity("9af5adcc-db9c-4692-b826-65d3abe68c22"),
        };
        var withOrg = messages[2]!.DeepClone();
        withOrg["header"]!["imsOrgId"] = house.OrgId;
        var withSchema = messages[4]!.DeepClone();
        withSchema["header"]!.AsObject().Remove("xdmSchema");
        withSchema["header"]!["schemaRef"] = producer.SchemaRef();
        withSchema["body"]!["xdmMeta"] = new JsonObject { ["schemaRef"] = producer.SchemaRef() };
        withSchema["body"]!["xdmEntity"] = Producer.Entity("abc");

        var answer = await producer.SendAsync(withBody, withOrg, withSchema);

        Assert.All(answer.Json["responses"]!.AsArray(), entry => Assert.Null(entry!["status"]));
        Assert.Equal(3, (await producer.LandedAsync(3)).Count);
    }

    [Fact]
    [Statement("A43", "A44")]
    public async Task A_repaired_schema_reference_is_not_enough_when_the_entity_does_not_fit_the_schema()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        var old = JsonNode.Parse(producer.Fill(SharedData.Read("messages/mixed.json")))!["messages"]![4]!.DeepClone();
        old["header"]!["schemaRef"] = producer.SchemaRef();
        old["body"]!["xdmMeta"] = new JsonObject { ["schemaRef"] = producer.SchemaRef() };

        var entry = (await producer.SendAsync(old)).Json["responses"]![0]!;

        Assert.StartsWith(producer.Prefix + "Message is invalid: #: extraneous key [", entry["message"]!.GetValue<string>(), StringComparison.Ordinal);
        var tree = entry["report"]!["cause"]!["_streamingValidation"]![0]!;
        Assert.Equal("2 schema violations found", tree["message"]!.GetValue<string>());
        Assert.Equal(
            ["extraneous key [dataSource] is not permitted", "extraneous key [endUserIDs] is not permitted"],
            tree["causingExceptions"]!.AsArray().Select(one => one!["message"]!.GetValue<string>()).Order());
    }

    [Fact]
    [Contract("Ruling 10")]
    [Statement("A40", "A51")]
    public async Task The_pages_snippet_as_printed_with_its_trailing_comma_is_malformed_and_the_place_is_named()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);

        var answer = await producer.Api.PostTextAsync(producer.Path, "{\"messages\":[{\n  \"body\": {\"timestamp\": \"2019-02-23T22:07:01Z\",\n  }}]}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("http://ns.adobe.com/adobecloud/problem/data-collection-service/inlet", answer.Json["type"]!.GetValue<string>());
        Assert.Equal(
            producer.Prefix + "The request body is not valid JSON: unexpected '}' at line 3, column 3",
            answer.Json["report"]!["message"]!.GetValue<string>());
    }

    [Fact]
    [Statement("A1")]
    public async Task Two_hundred_messages_of_a_kilobyte_travel_in_one_request()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        var messages = Enumerable.Range(0, 200).Select(index =>
        {
            var entity = Producer.Entity($"event-{index:D3}");
            entity["environment"] = new JsonObject { ["browserDetails"] = new JsonObject { ["userAgent"] = new string('x', 500) } };
            return (JsonNode)producer.Message(entity);
        }).ToArray();

        var answer = await producer.SendAsync(messages);
        var landed = await producer.LandedAsync(200);

        Assert.Equal(200, answer.Json["responses"]!.AsArray().Count(entry => entry!["status"] is null));
        Assert.Equal(Enumerable.Range(0, 200).Select(index => $"event-{index:D3}"), landed.Select(entity => entity["_id"]!.GetValue<string>()));
    }
}
