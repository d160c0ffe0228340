using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Sluice.Collection;
using Sluice.Collection.OpenApi;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>The OpenAPI document: complete, well-formed, and true. That every answer conforms, <see cref="ApiClient"/> sees to in each test.</summary>
public sealed partial class OpenApiTests
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "patch", "head"];
    private static readonly string[] ComponentKinds = ["parameters", "headers", "responses", "schemas"];

    private static readonly (string OperationId, int Status)[] SentExamples =
    [
        ("sendMessage", 200), ("sendMessages", 207), ("createInlet", 200), ("replaceInlet", 200), ("createTenantResource", 201), ("createDataset", 201),
        ("patchDataset", 200), ("createBatch", 201), ("runRequests", 200), ("createConnection", 201), ("createTargetConnection", 201),
        ("importGlobalResources", 200),
    ];

    [Fact]
    public async Task The_document_is_served_without_a_token_as_it_is_committed()
    {
        await using var house = await TestHouse.StartAsync();

        using var first = await house.Http.GetAsync(OpenApiRoutes.Path, TestContext.Current.CancellationToken);
        using var again = new HttpRequestMessage(HttpMethod.Get, OpenApiRoutes.Path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await house.Http.SendAsync(again, TestContext.Current.CancellationToken);

        var committed = await File.ReadAllBytesAsync(
            Path.Combine(SharedData.Repository, "src/Sluice.Collection/OpenApi/collection.json"), TestContext.Current.CancellationToken);
        Assert.Equal("application/json", first.Content.Headers.ContentType!.ToString());
        Assert.Equal(committed, await first.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task The_document_has_every_route_of_the_door_and_no_other()
    {
        await using var house = await TestHouse.StartAsync();

        var mapped =
            from route in house.Routes
            where route.Metadata.GetMetadata<MethodInfo>()?.DeclaringType?.Assembly == typeof(CollectionModule).Assembly
            from method in route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
            let pattern = route.RoutePattern.RawText!
            select $"{method} {Shape(pattern)}{(pattern.Contains("{**", StringComparison.Ordinal) ? " and below" : "")}";
        var described = ApiDescription.Operations.Select(one => $"{one.Method} {Shape(one.Path)}{(one.TakesRest ? " and below" : "")}");

        Assert.Equal(mapped.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_reference_leads_somewhere()
    {
        var references = Everything(ApiDescription.Root).Where(one => one.ValueKind == JsonValueKind.Object && one.TryGetProperty("$ref", out var text)
            && text.ValueKind == JsonValueKind.String && text.GetString()!.StartsWith("#/components/", StringComparison.Ordinal)).ToList();

        Assert.True(references.Count > 500);
        Assert.All(references, reference => Assert.Equal(JsonValueKind.Object, ApiDescription.Target(reference).ValueKind));
    }

    [Fact]
    public void Every_component_is_used()
    {
        var text = ApiDescription.Root.GetRawText();

        var unused =
            from kind in ComponentKinds
            from component in ApiDescription.Root.GetProperty("components").GetProperty(kind).EnumerateObject()
            where !text.Contains($"\"#/components/{kind}/{component.Name}\"", StringComparison.Ordinal)
            select $"{kind}/{component.Name}";

        Assert.Empty(unused);
    }

    [Fact]
    public void Every_operation_has_a_name_of_its_own_a_family_and_its_parameters()
    {
        var tags = ApiDescription.Root.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString()).ToList();

        Assert.Equal("3.1.0", ApiDescription.Root.GetProperty("openapi").GetString());
        Assert.Distinct(ApiDescription.Operations.Select(one => one.Id));
        Assert.Distinct(ApiDescription.Operations.Select(one => $"{one.Method} {Shape(one.Path)}"));
        Assert.All(ApiDescription.Operations, one =>
        {
            Assert.Contains(one.Method.ToLowerInvariant(), Methods);
            Assert.Matches("^[a-z][A-Za-z0-9]+$", one.Id);
            Assert.NotEmpty(one.Content.GetProperty("summary").GetString()!);
            Assert.Contains(Assert.Single(one.Content.GetProperty("tags").EnumerateArray().ToList()).GetString(), tags);
            Assert.Equal(
                one.Path.StartsWith("/api/sluice/", StringComparison.Ordinal) || one.Path == OpenApiRoutes.Path,
                one.Content.TryGetProperty("x-sluice", out _));
            var inPath = one.Parameters.Where(parameter => parameter.GetProperty("in").GetString() == "path").ToList();
            Assert.All(inPath, parameter => Assert.True(parameter.GetProperty("required").GetBoolean()));
            Assert.Equal(
                PathParameter().Matches(one.Path).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal),
                inPath.Select(parameter => parameter.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
            Assert.Distinct(one.Parameters.Select(parameter => $"{parameter.GetProperty("in")} {parameter.GetProperty("name")}"));
            Assert.All(one.Parameters, parameter => Assert.NotEmpty(parameter.GetProperty("description").GetString()!));
            Assert.All(one.Content.GetProperty("responses").EnumerateObject(), response =>
                Assert.NotEmpty(ApiDescription.Target(response.Value).GetProperty("description").GetString()!));
        });
    }

    [Fact]
    public void Every_schema_is_one_that_the_programs_own_validator_takes()
    {
        var components = ApiDescription.Root.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(one => one.Value);
        var inline = Everything(ApiDescription.Root).Where(one => one.ValueKind == JsonValueKind.Object && one.TryGetProperty("schema", out _))
            .Select(one => one.GetProperty("schema")).Where(one => one.ValueKind == JsonValueKind.Object);

        Assert.All(components.Concat(inline), schema =>
        {
            Assert.NotNull(ApiDescription.Compile(schema));
            Assert.DoesNotContain("\"nullable\"", schema.GetRawText(), StringComparison.Ordinal);
            Assert.DoesNotMatch("\"type\": ?\\[", schema.GetRawText());
        });
    }

    [Fact]
    public void Every_request_body_has_an_example_and_every_example_satisfies_its_schema()
    {
        var bodies = ApiDescription.Operations.Where(one => one.Content.TryGetProperty("requestBody", out _))
            .SelectMany(one => one.Content.GetProperty("requestBody").GetProperty("content").EnumerateObject());
        var examples = Everything(ApiDescription.Root)
            .Where(one => one.ValueKind == JsonValueKind.Object && one.TryGetProperty("example", out _) && one.TryGetProperty("schema", out _)).ToList();

        Assert.All(bodies, media => Assert.True(media.Value.TryGetProperty("example", out _)));
        Assert.True(examples.Count > 30);
        Assert.All(examples, one => Assert.Null(ApiDescription.Violations(one.GetProperty("schema"), one.GetProperty("example").GetRawText())));
    }

    [Fact]
    public void The_answers_of_our_own_paths_have_no_further_members()
    {
        // A JSON Patch, which an answer repeats, is the sender's.
        var open =
            from operation in ApiDescription.Operations
            where operation.Path.StartsWith("/api/sluice/", StringComparison.Ordinal)
            from response in operation.Content.GetProperty("responses").EnumerateObject()
            where response.Name[0] == '2' && response.Value.TryGetProperty("content", out _)
            from schema in Reached(response.Value.GetProperty("content"), [])
            where schema.TryGetProperty("properties", out var members) && !members.TryGetProperty("op", out _)
                && (!schema.TryGetProperty("additionalProperties", out var further) || further.ValueKind != JsonValueKind.False)
            select $"{operation.Id}: {schema.GetRawText()}";

        Assert.Empty(open);
    }

    [Fact]
    public void An_answer_that_is_not_described_is_noticed()
    {
        const string Inlets = "/data/core/edge/inlet";
        const string Problem = """{"type":"about:blank","title":"Conflict","status":409,"detail":"Inlet already exists"}""";

        Assert.Null(ApiDescription.FaultOf("POST", Inlets, 409, "application/json", Problem));
        Assert.Contains("answered 500", ApiDescription.FaultOf("POST", Inlets, 500, "application/json", Problem), StringComparison.Ordinal);
        Assert.Contains("as [text/plain]", ApiDescription.FaultOf("POST", Inlets, 409, "text/plain", Problem), StringComparison.Ordinal);
        Assert.Contains("#", ApiDescription.FaultOf("POST", Inlets, 409, "application/json", "{}"), StringComparison.Ordinal);
        Assert.Contains("none is described", ApiDescription.FaultOf("DELETE", "/api/sluice/v1/replays/1", 204, null, "x"), StringComparison.Ordinal);
        Assert.Equal("runRequests", ApiDescription.Find("POST", "/data/foundation/catalog/")?.Id);
        Assert.Equal("previewBatchUnderImport", ApiDescription.Find("GET", "/data/foundation/import/batches/1/datasets/2/preview")?.Id);
        Assert.Equal("postBatchIngestion", ApiDescription.Find("POST", "/data/foundation/import/batches")?.Id);
        Assert.Equal("putGlobal", ApiDescription.Find("PUT", "/data/foundation/schemaregistry/global/schemas/a/b")?.Id);
        Assert.Null(ApiDescription.Find("GET", "/health/live"));
    }

    [Fact]
    public async Task Examples_of_the_document_can_be_sent_as_they_stand()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);

        foreach (var (operationId, status) in SentExamples)
        {
            var operation = ApiDescription.Operations.Single(one => one.Id == operationId);

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

        foreach (var operation in ApiDescription.Operations)
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
        var body = operation.Content.TryGetProperty("requestBody", out var request)
            ? producer.Fill(request.GetProperty("content").GetProperty("application/json").GetProperty("example").GetRawText())
            : null;
        return client.SendAsync(new HttpMethod(operation.Method), operation.Id == "tailMessages" ? path + "?outcome=none" : path, body, headers);
    }

    private static string Shape(string path) => PathParameter().Replace(path, "{}").TrimEnd('/');

    private static IEnumerable<JsonElement> Everything(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(one => Everything(one.Value)).Prepend(element),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Everything).Prepend(element),
        _ => [element],
    };

    // Every schema below, those behind references too, each once.
    private static List<JsonElement> Reached(JsonElement element, HashSet<string> seen)
    {
        List<JsonElement> reached = [];
        foreach (var one in Everything(element).Where(one => one.ValueKind == JsonValueKind.Object))
        {
            reached.Add(one);
            if (one.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String && seen.Add(reference.GetString()!))
                reached.AddRange(Reached(ApiDescription.Target(one), seen));
        }
        return reached;
    }

    [GeneratedRegex("\\{\\*{0,2}([^}]+)\\}", RegexOptions.NonBacktracking)]
    private static partial Regex PathParameter();
}
