using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>What the receiving paths answer: contract collection.md 1.1 to 1.7 and the Rulings.</summary>
public sealed class ReceiveTests : IAsyncLifetime
{
    private TestHouse _house = null!;
    private Producer _producer = null!;

    public async ValueTask InitializeAsync()
    {
        _house = await TestHouse.StartAsync();
        _producer = await Producer.OpenAsync(_house);
    }

    public async ValueTask DisposeAsync()
    {
        _producer.Dispose();
        await _house.DisposeAsync();
    }

    [Fact]
    public async Task A_single_message_is_answered_200_with_its_verdict()
    {
        var answer = await _producer.Api.PostAsync(_producer.Path, _producer.Message());

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(_producer.InletId, answer.Json["inletId"]!.GetValue<string>());
        Assert.Matches("^[0-9]+:[0-9]+:[0-9]+$", answer.Json["xactionId"]!.GetValue<string>());
        Assert.Equal("pass", answer.Json["syncValidation"]!["status"]!.GetValue<string>());
        Assert.True(answer.Json["receivedTimeMs"]!.GetValue<long>() > 0);
    }

    [Theory]
    [Contract("1.2")]
    [InlineData("?syncValidation=true", "syncValidation")]
    [InlineData("?synchronousValidation=True", "synchronousValidation")]
    [InlineData("?syncValidation=False&synchronousValidation=true", "syncValidation")]
    public async Task The_verdict_stands_under_the_name_the_client_used(string query, string member)
    {
        var answer = await _producer.Api.PostAsync(_producer.Path + query, _producer.Message());

        Assert.Equal("pass", answer.Json[member]!["status"]!.GetValue<string>());
    }

    [Fact]
    [Contract("1.5", "1.8", "Ruling 2", "Ruling 3")]
    public async Task A_single_message_that_fails_its_schema_is_answered_400_with_the_error_tree_and_kept()
    {
        var entity = Producer.Entity("one");
        entity["productListItems"] = new JsonArray(new JsonObject { ["quantity"] = "thirty" });

        var answer = await _producer.Api.PostAsync(_producer.Path, _producer.Message(entity));
        var failed = await _producer.LandedAsync(1, "failed");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("Invalid XDM Message Format", answer.Json["title"]!.GetValue<string>());
        Assert.Equal(
            _producer.Prefix + "Message is invalid: #/productListItems/0/quantity: expected type: Integer, found: String",
            answer.Json["report"]!["message"]!.GetValue<string>());
        var leaf = answer.Json["report"]!["cause"]!["_streamingValidation"]![0]!;
        Assert.Equal("type", leaf["keyword"]!.GetValue<string>());
        Assert.Equal("#/productListItems/0/quantity", leaf["pointerToViolation"]!.GetValue<string>());
        Assert.Equal("DCVS-1104-400", failed[0]["_errors"]!["_streamingValidation"]![0]!["code"]!.GetValue<string>());
        Assert.Equal(
            "The message cannot be validated due to the data type error: #/productListItems/0/quantity: expected type: Integer, found: String.",
            failed[0]["_errors"]!["_streamingValidation"]![0]!["message"]!.GetValue<string>());
    }

    [Theory]
    [Contract("1.1")]
    [InlineData("/collection/batch/")]
    [InlineData("/data/foundation/import/collection/")]
    [InlineData("/data/foundation/import/collection/batch/")]
    public async Task Every_alias_of_the_path_takes_many_messages(string path)
    {
        var answer = await _producer.Api.PostAsync(
            path + _producer.InletId, new JsonObject { ["messages"] = new JsonArray(_producer.Message(), _producer.Message()) });

        Assert.Equal(HttpStatusCode.MultiStatus, answer.Status);
        Assert.Equal(2, answer.Json["responses"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_single_message_sent_to_the_batch_path_is_refused()
    {
        var answer = await _producer.Api.PostAsync("/collection/batch/" + _producer.InletId, _producer.Message());

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    [Fact]
    [Contract("Ruling 7")]
    [Statement("A5")]
    public async Task An_unknown_inlet_is_404_in_the_shape_of_the_contract()
    {
        var answer = await _producer.Api.PostAsync("/collection/" + new string('0', 64), _producer.Message());

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal(404, answer.Json["status"]!.GetValue<int>());
        Assert.Contains(new string('0', 64), answer.Json["report"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    [Contract("1.3", "Ruling 5", "Ruling 9")]
    [Statement("A22")]
    public async Task A_message_without_an_organisation_is_taken_and_shown_with_it_filled_in()
    {
        var good = _producer.Message();
        good["header"]!.AsObject().Remove("imsOrgId");
        var bad = _producer.Message();
        bad["header"]!.AsObject().Remove("imsOrgId");
        bad.Remove("body");

        var answer = await _producer.SendAsync(good, bad);
        var landed = await _producer.LandedAsync(1, query: "envelope=true&");
        var failed = await _producer.LandedAsync(1, "failed");

        Assert.Null(answer.Json["responses"]![0]!["status"]);
        Assert.Equal(_house.OrgId, landed[0]["header"]!["imsOrgId"]!.GetValue<string>());
        Assert.Equal(good["body"]!["xdmEntity"]!.ToJsonString(), landed[0]["body"]!["xdmEntity"]!.ToJsonString());
        Assert.Equal(answer.Json["responses"]![0]!["xactionId"]!.GetValue<string>(), landed[0]["_dcsMeta"]!["xactionId"]!.GetValue<string>());
        Assert.Equal(_house.OrgId, failed[0]["header"]!["imsOrgId"]!.GetValue<string>());
    }

    [Theory]
    [Contract("1.3")]
    [InlineData("application/vnd.adobe.xed-full+json;version=1")]
    [InlineData("application/vnd.adobe.xed-full+json;1")]
    [InlineData("application/vnd.adobe.xed-full+json; version=1.0")]
    [InlineData("application/vnd.adobe.xed-full-notext+json; version=1.3")]
    [InlineData("application/vnd.adobe.xed+json")]
    [Statement("A13")]
    public async Task The_version_of_a_content_type_is_read_loosely(string contentType)
    {
        var message = _producer.Message();
        message["header"]!["schemaRef"]!["contentType"] = contentType;
        message["body"]!["xdmMeta"]!["schemaRef"]!["contentType"] = contentType;

        var answer = await _producer.SendAsync(message);

        Assert.Null(answer.Json["responses"]![0]!["status"]);
    }

    public static TheoryData<string, string> Refusals => new()
    {
        { "no header", "The 'header' field is mandatory. Provide a valid 'header' value and try again." },
        { "no xdmMeta", "PREFIXMessage has unknown xdm format" },
        { "other schema in the body", "PREFIXMessage has unknown xdm format" },
        { "unknown schema", "PREFIXMessage refers to an unknown schema [https://ns.adobe.com/nobody/schemas/0]" },
        { "unknown dataset", "PREFIXMessage refers to an unknown dataset [000000000000000000000000]" },
        { "no dataset", "PREFIXMessage names no dataset" },
        { "no entity", "PREFIXPayload body is missing xdmEntity" },
        { "org of another type", "PREFIXMessage has an absent or wrong ims org in the header" },
    };

    [Theory]
    [Contract("1.5", "Ruling 6")]
    [MemberData(nameof(Refusals))]
    [Statement("A23", "A25", "A26", "A57")]
    public async Task Every_envelope_fault_has_its_own_sentence(string fault, string sentence)
    {
        var message = _producer.Message();
        var header = message["header"]!.AsObject();
        var body = message["body"]!.AsObject();
        switch (fault)
        {
            case "no header": message.Remove("header"); break;
            case "no xdmMeta": body.Remove("xdmMeta"); break;
            case "other schema in the body": body["xdmMeta"]!["schemaRef"]!["id"] = "https://ns.adobe.com/nobody/schemas/0"; break;
            case "unknown schema":
                header["schemaRef"]!["id"] = "https://ns.adobe.com/nobody/schemas/0";
                body["xdmMeta"]!["schemaRef"]!["id"] = "https://ns.adobe.com/nobody/schemas/0";
                break;
            case "unknown dataset": header["datasetId"] = "000000000000000000000000"; break;
            case "no dataset": header.Remove("datasetId"); break;
            case "no entity": body.Remove("xdmEntity"); break;
            case "org of another type": header["imsOrgId"] = 7; break;
        }

        var entry = (await _producer.SendAsync(message)).Json["responses"]![0]!;

        Assert.Equal(sentence.Replace("PREFIX", _producer.Prefix, StringComparison.Ordinal), entry["message"]!.GetValue<string>());
    }

    [Fact]
    [Statement("A27")]
    public async Task A_schema_that_is_not_the_datasets_is_refused()
    {
        using var other = await Producer.OpenAsync(_house);
        var message = _producer.Message();
        message["header"]!["schemaRef"] = other.SchemaRef();
        message["body"]!["xdmMeta"]!["schemaRef"] = other.SchemaRef();

        var entry = (await _producer.SendAsync(message)).Json["responses"]![0]!;

        Assert.Equal(_producer.Prefix + "Message has unknown xdm format", entry["message"]!.GetValue<string>());
    }

    [Fact]
    [Contract("Ruling 3")]
    public async Task A_message_whose_dataset_is_not_known_is_kept_in_the_inlets_own_failed_store()
    {
        var message = _producer.Message();
        message["header"]!["datasetId"] = "000000000000000000000000";

        await _producer.SendAsync(message, JsonValue.Create("no message at all"));
        var failed = await _producer.LandedAsync("property=relatedObjects", 2, "failed", "");
        var batches = (await _producer.Api.GetAsync("/data/foundation/catalog/batches?status=failed")).Json.AsObject();

        Assert.All(batches, batch => Assert.Equal(
            $"{{\"type\":\"inlet\",\"id\":\"{_producer.InletId}\"}}", batch.Value!["relatedObjects"]![0]!.ToJsonString()));
        Assert.Equal("000000000000000000000000", failed[0]["header"]!["datasetId"]!.GetValue<string>());
        Assert.Equal("\"no message at all\"", failed[1]["_corrupt_record"]!.GetValue<string>());
    }

    [Theory]
    [Contract("Ruling 7", "Ruling 4")]
    [InlineData("{\"messages\":[]}", "'messages' holds no message")]
    [InlineData("{\"messages\":{}}", "'messages' must be an array")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("{\"messages\":[{}]", "it ends too early at line 1, column 17")]
    [InlineData("{\"messages\":[{}],\"messages\":[{}]}", "'messages' stands twice")]
    [InlineData("", "it ends too early")]
    public async Task A_body_that_is_no_envelope_is_400_with_the_reason(string body, string reason)
    {
        var answer = await _producer.Api.PostTextAsync(_producer.Path, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(reason, answer.Json["report"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Escaped_ids_and_keys_mean_the_same_as_plain_ones()
    {
        var text = new JsonObject { ["messages"] = new JsonArray(_producer.Message()) }.ToJsonString()
            .Replace("https://", "https:\\/\\/", StringComparison.Ordinal)
            .Replace("\"xdmEntity\"", "\"xdm\\u0045ntity\"", StringComparison.Ordinal);

        var answer = await _producer.Api.PostTextAsync(_producer.Path, text);

        Assert.Null(answer.Json["responses"]![0]!["status"]);
    }

    [Fact]
    [Contract("1.9", "Ruling 7")]
    [Statement("A55")]
    public async Task A_request_over_one_megabyte_is_413_and_nothing_of_it_is_kept()
    {
        var message = _producer.Message().ToJsonString();
        var count = 1_048_576 / message.Length + 2;
        var body = "{\"messages\":[" + string.Join(',', Enumerable.Repeat(message, count)) + "]}";

        var plain = await _producer.Api.PostTextAsync(_producer.Path, body);
        var packed = await _producer.Api.SendAsync(Gzip(body));
        await _producer.SendAsync(_producer.Message());
        var landed = await _producer.LandedAsync(1);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, plain.Status);
        Assert.Equal(413, plain.Json["status"]!.GetValue<int>());
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, packed.Status);
        Assert.Single(landed);
    }

    [Fact]
    public async Task A_gzip_body_is_taken_and_a_broken_one_refused()
    {
        var good = await _producer.Api.SendAsync(Gzip(new JsonObject { ["messages"] = new JsonArray(_producer.Message()) }.ToJsonString()));
        using var broken = Gzip("x");
        broken.Content = new ByteArrayContent([1, 2, 3]) { Headers = { ContentType = new("application/json"), ContentEncoding = { "gzip" } } };

        Assert.Equal(HttpStatusCode.MultiStatus, good.Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _producer.Api.SendAsync(broken)).Status);
    }

    [Theory]
    [Contract("Ruling 7")]
    [InlineData("text/plain")]
    [InlineData("application/x-jackson-smile")]
    public async Task Another_media_type_is_refused_by_name(string mediaType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _producer.Path) { Content = new StringContent("{}", Encoding.UTF8, mediaType) };

        var answer = await _producer.Api.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(mediaType, answer.Json["report"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private HttpRequestMessage Gzip(string body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(body));
        var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        return new HttpRequestMessage(HttpMethod.Post, _producer.Path) { Content = content };
    }
}
