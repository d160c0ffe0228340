using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Collection.Batches;
using Sluice.Collection.Datasets;

namespace Sluice.Collection.Catalog;

/// <summary>Many requests in one: <c>POST /data/foundation/catalog/</c>, each <c>{id, resource, method, body}</c> (contract collection.md 4.1).</summary>
/// <remarks>They run one after the other, each with its own answer; a later one may use <c>&lt;&lt;id.attribute&gt;&gt;</c> of an earlier answer.</remarks>
internal sealed partial class SubRequests(DatasetOperations dataset, BatchOperations batch, ChangeBatch change)
{
    private const int MaxRequests = 20;
    private const int MaxIdCharacters = 64;
    private const int MaxReferences = 100;
    private const int MaxReferredCharacters = 1_024;

    internal async Task<IResult> RunAsync(HttpContext http)
    {
        var (sent, fault) = await CollectionAnswers.ReadAsync(http.Request, http.RequestAborted);
        if ((fault ?? FaultIn(sent)) is { } reason)
            return CollectionAnswers.BadRequest(reason);

        var answers = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        var entries = new JsonArray();
        foreach (var request in sent!.AsArray().Select(one => one!.AsObject()))
        {
            var id = request["id"]!.GetValue<string>();
            var (code, body) = await RunOneAsync(http, request, answers);
            answers[id] = code < 300 ? body : null;
            entries.Add((JsonNode)new JsonObject { ["id"] = id, ["code"] = code, ["body"] = body });
        }
        return CollectionAnswers.Json(entries);
    }

    private static string? FaultIn(JsonNode? sent)
    {
        if (sent is not JsonArray { Count: > 0 and <= MaxRequests } requests)
            return $"The request body must be an array of 1 to {MaxRequests} requests";
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < requests.Count; index++)
        {
            if (requests[index] is not JsonObject request || Text(request["resource"]) is null || Text(request["method"]) is null)
                return $"Request {index} must be an object with 'id', 'resource' and 'method'";
            if (Text(request["id"]) is not { Length: > 0 and <= MaxIdCharacters } id || !ids.Add(id))
                return $"Request {index} must have an 'id' of its own, of 1 to {MaxIdCharacters} characters";
        }
        return null;
    }

    private async Task<(int Code, JsonNode? Body)> RunOneAsync(HttpContext http, JsonObject request, Dictionary<string, JsonNode?> answers)
    {
        var left = MaxReferences;
        string? missing = null;
        var resource = Fill(request["resource"]!.GetValue<string>(), answers, ref left, ref missing);
        var body = Fill(request["body"], answers, ref left, ref missing);
        if (missing is not null)
            return (400, Problem(400, "Bad Request", missing));

        var inner = new DefaultHttpContext { RequestServices = http.RequestServices, RequestAborted = http.RequestAborted };
        inner.Features.Set(CollectionEnvironment.Of(http));
        inner.Features.Set(Caller.Of(http));
        inner.Request.Method = request["method"]!.GetValue<string>().ToUpperInvariant();
        inner.Request.Headers.Pragma = http.Request.Headers.Pragma;
        var queryAt = resource.IndexOf('?');
        if (queryAt >= 0)
            inner.Request.QueryString = new QueryString(resource[queryAt..]);
        inner.Request.Body = new MemoryStream(body is null ? [] : JsonSerializer.SerializeToUtf8Bytes(body, JsonFormat.Readable));
        using var written = new MemoryStream();
        inner.Response.Body = written;

        var result = await RunAsync(inner, (queryAt < 0 ? resource : resource[..queryAt]).Trim('/').Split('/'))
            ?? CollectionAnswers.BadRequest($"{inner.Request.Method} [{resource}] is none of the requests that can be sent together");
        await result.ExecuteAsync(inner);
        return (inner.Response.StatusCode, written.Length == 0 ? null : JsonNode.Parse(
            written.GetBuffer().AsSpan(0, (int)written.Length), documentOptions: new() { MaxDepth = 2 * JsonBounds.MaxDepth }));
    }

    private async Task<IResult?> RunAsync(HttpContext http, string[] path) => (http.Request.Method, path[0].ToUpperInvariant(), path.Length) switch
    {
        ("POST", "DATASETS", 1) => await dataset.CreateAsync(http),
        ("GET", "DATASETS", 1) => await dataset.ListAsync(http),
        ("GET", "DATASETS", 2) => await dataset.GetAsync(http, path[1]),
        ("PUT" or "PATCH", "DATASETS", 2) => await dataset.ChangeAsync(http, path[1]),
        ("DELETE", "DATASETS", 2) => await dataset.RemoveAsync(http, path[1]),
        ("POST", "BATCHES", 1) => await change.CreateAsync(http),
        ("GET", "BATCHES", 1) => await batch.ListAsync(http),
        ("GET", "BATCHES", 2) => await batch.GetAsync(http, path[1]),
        ("PATCH", "BATCHES", 2) => await change.ChangeAsync(http, path[1]),
        ("DELETE", "BATCHES", 2) => await change.RemoveAsync(http, path[1]),
        _ => null,
    };

    private static JsonNode? Fill(JsonNode? node, Dictionary<string, JsonNode?> answers, ref int left, ref string? missing)
    {
        switch (node)
        {
            case JsonObject map:
                var filledMap = new JsonObject();
                foreach (var (name, value) in map)
                    filledMap[name] = Fill(value, answers, ref left, ref missing);
                return filledMap;
            case JsonArray array:
                var filledArray = new JsonArray();
                foreach (var one in array)
                    filledArray.Add(Fill(one, answers, ref left, ref missing));
                return filledArray;
            default:
                return Text(node) is { } text ? JsonValue.Create(Fill(text, answers, ref left, ref missing)) : node?.DeepClone();
        }
    }

    private static string Fill(string text, Dictionary<string, JsonNode?> answers, ref int left, ref string? missing)
    {
        if (!text.Contains("<<", StringComparison.Ordinal))
            return text;
        var (leftNow, missingNow) = (left, missing);
        var filled = Reference().Replace(text, match =>
        {
            if (leftNow-- <= 0)
                missingNow ??= $"A request takes no more than {MaxReferences} references";
            else if (Find(answers.GetValueOrDefault(match.Groups[1].Value), match.Groups[2].Value) is { Length: <= MaxReferredCharacters } value)
                return value;
            else
                missingNow ??= $"{match.Value} refers to nothing that an earlier request answered";
            return match.Value;
        });
        (left, missing) = (leftNow, missingNow);
        return filled;
    }

    // Answers are ["@/dataSets/{id}"] for changes, and objects keyed by id for reads.
    private static string? Find(JsonNode? answer, string attribute) => answer switch
    {
        JsonArray { Count: 1 } reference when attribute == "id" => Text(reference[0])?.Split('/')[^1],
        JsonObject { Count: 1 } keyed when keyed.First() is { Value: JsonObject document } one =>
            attribute == "id" ? one.Key : CatalogFilter.Find(document, attribute)?.ToString(),
        _ => null,
    };

    private static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static JsonObject Problem(int status, string title, string detail) =>
        new() { ["type"] = "about:blank", ["title"] = title, ["status"] = status, ["detail"] = detail };

    [GeneratedRegex("<<([^<>.]{1,64})\\.([^<>]{1,128})>>", RegexOptions.NonBacktracking)]
    private static partial Regex Reference();
}
