using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.OpenApi;

/// <summary>The OpenAPI documents: complete, well-formed, and true. That every answer conforms, <see cref="ApiAnswer"/> sees to in each test.</summary>
public sealed partial class OpenApiTests
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "patch", "head"];
    private static readonly string[] ComponentKinds = ["parameters", "headers", "requestBodies", "responses", "schemas"];

    // Additions that stand under the paths of the original, so that its clients reach them with what they have.
    private static readonly string[] OursAmongTheirs =
    [
        "GET /v1/limits", "POST /v1/bulk", "GET /v1/configuration", "POST /v1/configuration", "PUT /v1/configuration",
        "GET /v1/datasources/{dataSourceId}/inbound-mailing-list", "GET /v1/openapi.json", "GET /v1/docs",
        "GET /v1/merge-rules/", "POST /v1/merge-rules/", "POST /v1/merge-rules/bulk-delete", "GET /v1/merge-rules/{mergeRuleId}", "PUT /v1/merge-rules/{mergeRuleId}",
        "DELETE /v1/merge-rules/{mergeRuleId}", "GET /v1/reports/overlap", "POST /v1/segments/preview", "POST /v1/segments/explain", "GET /v1/segments/{sid}/explain", "POST /v1/traits/preview",
        "GET /v1/organizations/{org}/environments/{env}/counts", "GET /v1/organizations/{org}/environments/{env}/caches/{cache}/entries",
    ];

    public static TheoryData<string> Documents => [.. ApiDescription.All.Select(one => one.Document.Path)];

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task The_document_is_served_without_a_token_as_it_is_committed(string path)
    {
        await using var house = await TestHouse.StartAsync();

        using var first = await house.Http.GetAsync(path, TestContext.Current.CancellationToken);
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await house.Http.SendAsync(again, TestContext.Current.CancellationToken);

        var door = At(path).Document.Door.GetName().Name!;
        var committed = await File.ReadAllBytesAsync(
            Path.Combine(SharedData.Repository, "src", door, "OpenApi", Path.GetFileName(path)), TestContext.Current.CancellationToken);
        Assert.Equal("application/json", first.Content.Headers.ContentType!.ToString());
        Assert.Equal(committed, await first.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task The_document_has_every_route_of_the_door_and_no_other(string path)
    {
        await using var house = await TestHouse.StartAsync();
        var description = At(path);

        var mapped =
            from route in house.Routes
            where (route.Metadata.GetMetadata<ApiDocument>()?.Door ?? route.Metadata.GetMetadata<MethodInfo>()?.DeclaringType?.Assembly) == description.Document.Door
            where route.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not { ExcludeFromDescription: true }
            from method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"] // one for any method is described by that which clients use
            let pattern = route.RoutePattern.RawText!
            select $"{method} {Shape(pattern)}{(pattern.Contains("{**", StringComparison.Ordinal) ? " and below" : "")}";
        var described =
            from one in description.Operations
            from server in one.Servers
            from spelling in one.Spellings
            select $"{one.Method} {Shape(string.Concat(server.Select(segment => "/" + segment)) + spelling)}{(one.TakesRest ? " and below" : "")}";

        Assert.Equal(mapped.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_reference_leads_somewhere(string path)
    {
        var description = At(path);
        var references = Everything(description.Root).Where(one => one.ValueKind == JsonValueKind.Object && one.TryGetProperty("$ref", out var text)
            && text.ValueKind == JsonValueKind.String && text.GetString()!.StartsWith("#/components/", StringComparison.Ordinal)).ToList();

        Assert.True(references.Count > 3 * description.Operations.Count);
        Assert.All(references, reference => Assert.Equal(JsonValueKind.Object, description.Target(reference).ValueKind));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_component_is_used(string path)
    {
        var text = At(path).Root.GetRawText();

        var unused =
            from kind in ComponentKinds
            from component in Components(path, kind)
            where !text.Contains($"\"#/components/{kind}/{component.Name}\"", StringComparison.Ordinal)
            select $"{kind}/{component.Name}";

        Assert.Empty(unused);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_operation_has_a_name_of_its_own_a_family_and_its_parameters(string path)
    {
        var description = At(path);
        var tags = description.Root.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString()).ToList();

        Assert.Equal("3.1.0", description.Root.GetProperty("openapi").GetString());
        Assert.Distinct(description.Operations.Select(one => one.Id));
        Assert.Distinct(description.Operations.Select(one => $"{one.Method} {Shape(one.Path)}"));
        Assert.Equal(tags.Order(StringComparer.Ordinal), description.Operations.Select(one => one.Content.GetProperty("tags")[0].GetString()).Distinct().Order(StringComparer.Ordinal));
        Assert.All(description.Operations, one =>
        {
            Assert.Contains(one.Method.ToLowerInvariant(), Methods);
            Assert.Matches("^[a-z][A-Za-z0-9]+$", one.Id);
            Assert.NotEmpty(one.Content.GetProperty("summary").GetString()!);
            Assert.Contains(Assert.Single(one.Content.GetProperty("tags").EnumerateArray().ToList()).GetString(), tags);
            Assert.Equal(
                one.Path.StartsWith("/api/sluice/", StringComparison.Ordinal) || one.Path == path || OursAmongTheirs.Contains($"{one.Method} {one.Path}"),
                one.Content.TryGetProperty("x-sluice", out _));
            var inPath = one.Parameters.Where(parameter => parameter.GetProperty("in").GetString() == "path").ToList();
            Assert.All(inPath, parameter => Assert.True(parameter.GetProperty("required").GetBoolean()));
            Assert.Equal(
                PathParameter().Matches(one.Path).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal),
                inPath.Select(parameter => parameter.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
            Assert.Distinct(one.Parameters.Select(parameter => $"{parameter.GetProperty("in")} {parameter.GetProperty("name")}"));
            Assert.All(one.Parameters, parameter => Assert.NotEmpty(parameter.GetProperty("description").GetString()!));
            Assert.All(one.Content.GetProperty("responses").EnumerateObject(), response =>
                Assert.NotEmpty(description.Target(response.Value).GetProperty("description").GetString()!));
        });
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_way_to_be_let_in_that_is_named_is_there_and_every_one_there_is_named(string path)
    {
        var description = At(path);

        var named = description.Operations.Select(one => one.Content).Append(description.Root)
            .Where(one => one.TryGetProperty("security", out _)).SelectMany(one => one.GetProperty("security").EnumerateArray())
            .SelectMany(way => way.EnumerateObject().Select(scheme => scheme.Name)).Distinct();

        Assert.Equal(Components(path, "securitySchemes").Select(one => one.Name).Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_schema_is_one_that_the_programs_own_validator_takes(string path)
    {
        var description = At(path);
        var components = Components(path, "schemas").Select(one => one.Value);
        var inline = Everything(description.Root).Where(one => one.ValueKind == JsonValueKind.Object && one.TryGetProperty("schema", out _))
            .Select(one => one.GetProperty("schema")).Where(one => one.ValueKind == JsonValueKind.Object);

        Assert.All(components.Concat(inline), schema =>
        {
            Assert.NotNull(description.Compile(schema));
            Assert.DoesNotContain("\"nullable\"", schema.GetRawText(), StringComparison.Ordinal);
            Assert.DoesNotMatch("\"type\": ?\\[", schema.GetRawText());
        });
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_request_body_has_an_example_and_every_example_satisfies_its_schema(string path)
    {
        var description = At(path);
        var bodies = description.Operations.SelectMany(one => one.Bodies).ToList();
        var examples = Everything(description.Root)
            .Where(one => one.ValueKind == JsonValueKind.Object && one.TryGetProperty("example", out _) && one.TryGetProperty("schema", out _)).ToList();

        Assert.NotEmpty(bodies);
        Assert.All(bodies, media => Assert.True(media.Value.TryGetProperty("example", out _)));
        Assert.True(examples.Count > 10);
        Assert.All(examples, one => Assert.Null(description.Violations(one.GetProperty("schema"), one.GetProperty("example").GetRawText())));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void The_answers_of_our_own_paths_have_no_further_members(string path)
    {
        // A JSON Patch, which an answer repeats, is the sender's.
        var description = At(path);
        var open =
            from operation in description.Operations
            where operation.Path.StartsWith("/api/sluice/", StringComparison.Ordinal)
            from response in operation.Content.GetProperty("responses").EnumerateObject()
            where response.Name[0] == '2' && description.Target(response.Value).TryGetProperty("content", out _)
            from schema in Reached(description, description.Target(response.Value).GetProperty("content"), [])
            where schema.TryGetProperty("properties", out var members) && !members.TryGetProperty("op", out _)
                && (!schema.TryGetProperty("additionalProperties", out var further) || further.ValueKind != JsonValueKind.False)
            select $"{operation.Id}: {schema.GetRawText()}";

        Assert.Empty(open);
    }

    [Fact]
    public void No_operation_is_described_twice() => Assert.Distinct(
        ApiDescription.All.SelectMany(one => one.Operations).Select(one => $"{one.Method} {Shape(one.Path)}"));

    private static ApiDescription At(string path) => ApiDescription.All.Single(one => one.Document.Path == path);

    private static List<JsonProperty> Components(string path, string kind) =>
        At(path).Root.GetProperty("components").TryGetProperty(kind, out var components) ? [.. components.EnumerateObject()] : [];

    // Of a parameter, neither its name nor its kind matters.
    private static string Shape(string path) => PathParameter().Replace(path, "{}").TrimEnd('/');

    private static IEnumerable<JsonElement> Everything(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(one => Everything(one.Value)).Prepend(element),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Everything).Prepend(element),
        _ => [element],
    };

    // Every schema below, those behind references too, each once.
    private static List<JsonElement> Reached(ApiDescription description, JsonElement element, HashSet<string> seen)
    {
        List<JsonElement> reached = [];
        foreach (var one in Everything(element).Where(one => one.ValueKind == JsonValueKind.Object))
        {
            reached.Add(one);
            if (one.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String && seen.Add(reference.GetString()!))
                reached.AddRange(Reached(description, description.Target(one), seen));
        }
        return reached;
    }

    [GeneratedRegex("\\{\\*{0,2}([^}]+)\\}", RegexOptions.NonBacktracking)]
    private static partial Regex PathParameter();
}
