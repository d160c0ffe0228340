using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Sluice.Collection;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>What the OpenAPI document of the door says of requests: its examples can be sent, and every operation answers as described.</summary>
public sealed partial class DescribedOperationTests
{
    private static readonly ApiDescription Description = ApiDescription.Of(CollectionModule.Description);

    private static readonly (string OperationId, int Status)[] SentExamples =
    [
        ("sendMessage", 200), ("sendMessages", 207), ("createInlet", 200), ("replaceInlet", 200), ("createTenantResource", 201), ("createDataset", 201),
        ("patchDataset", 200), ("createBatch", 201), ("runRequests", 200), ("createConnection", 201), ("createTargetConnection", 201),
        ("importGlobalResources", 200),
    ];

    [Fact]
    public void An_answer_that_is_not_described_is_noticed()
    {
        const string Inlets = "/data/core/edge/inlet";
        const string Problem = """{"type":"about:blank","title":"Conflict","status":409,"detail":"Inlet already exists"}""";

        Assert.Null(FaultOf("POST", Inlets, HttpStatusCode.Conflict, "application/json", Problem));
        Assert.Contains("answered 500", FaultOf("POST", Inlets, HttpStatusCode.InternalServerError, "application/json", Problem), StringComparison.Ordinal);
        Assert.Contains("as [text/plain]", FaultOf("POST", Inlets, HttpStatusCode.Conflict, "text/plain", Problem), StringComparison.Ordinal);
        Assert.Contains("#", FaultOf("POST", Inlets, HttpStatusCode.Conflict, "application/json", "{}"), StringComparison.Ordinal);
        Assert.Contains(
            "none is described", FaultOf("DELETE", "/api/sluice/v1/replays/1", HttpStatusCode.NoContent, "text/plain", "x"), StringComparison.Ordinal);
        Assert.Equal("runRequests", ApiDescription.Find("POST", "/data/foundation/catalog/")?.Id);
        Assert.Equal("previewBatchUnderImport", ApiDescription.Find("GET", "/data/foundation/import/batches/1/datasets/2/preview")?.Id);
        Assert.Equal("postBatchIngestion", ApiDescription.Find("POST", "/data/foundation/import/batches")?.Id);
        Assert.Equal("putGlobal", ApiDescription.Find("PUT", "/data/foundation/schemaregistry/global/schemas/a/b")?.Id);
        Assert.Null(ApiDescription.Find("GET", "/health/live"));

        static string? FaultOf(string method, string path, HttpStatusCode status, string mediaType, string text)
        {
            using var answer = new HttpResponseMessage(status) { Content = new StringContent(text, new MediaTypeHeaderValue(mediaType)) };
            return ApiDescription.FaultOf(method, path, answer, text);
        }
    }

    [Fact]
    public async Task Examples_of_the_document_can_be_sent_as_they_stand()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);

        foreach (var (operationId, status) in SentExamples)
        {
            var operation = Description.Operations.Single(one => one.Id == operationId);

            var answer = await SendAsync(producer.Api, operation, producer);

            Assert.True((int)answer.Status == status, $"{operationId}: {(int)answer.Status} {answer.Text}");
            Assert.DoesNotContain("\"code\":40", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("\"statusCode\"", answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_operation_answers_as_described_whoever_asks()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        using var nobody = new ApiClient(house.Address, null);
        using var stranger = new ApiClient(house.Address, "no-token-of-ours");

        foreach (var operation in Description.Operations)
        {
            await SendAsync(producer.Api, operation, producer);
            if (operation.Content.TryGetProperty("security", out _))
                continue;
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(nobody, operation, producer)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(stranger, operation, producer)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(producer.Api, operation, producer, ("x-sandbox-name", "nowhere"))).Status);
        }
    }

    // The request of the example, to what the producer has; of other kinds there is nothing yet, and a live tail would not end.
    private static Task<ApiAnswer> SendAsync(ApiClient client, ApiOperation operation, Producer producer, params (string Name, string Value)[] headers)
    {
        var path = PathParameter().Replace(operation.Path, match => match.Groups[1].Value switch
        {
            "connectionId" or "inletId" => producer.InletId,
            "datasetId" or "viewId" => producer.DatasetId,
            "type" => "schemas",
            _ => "none",
        });
        var body = operation.Bodies.Where(one => one.Name == "application/json").Select(one => producer.Fill(one.Value.GetProperty("example").GetRawText())).SingleOrDefault();
        return client.SendAsync(new HttpMethod(operation.Method), operation.Id == "tailMessages" ? path + "?outcome=none" : path, body, headers);
    }

    [GeneratedRegex("\\{\\*{0,2}([^}]+)\\}", RegexOptions.NonBacktracking)]
    private static partial Regex PathParameter();
}
