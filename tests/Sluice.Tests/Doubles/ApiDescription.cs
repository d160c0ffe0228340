using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Sluice.Collection.OpenApi;
using Sluice.Schemas;

namespace Sluice.Tests.Doubles;

/// <summary>An operation of the OpenAPI document, with the path it stands under.</summary>
internal sealed class ApiOperation
{
    internal ApiOperation(string path, string method, JsonElement content)
    {
        (Path, Method, Content) = (path, method.ToUpperInvariant(), content);
        Segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        Literals = Segments.Count(segment => segment[0] != '{');
        TakesRest = Parameters.Any(one => one.TryGetProperty("x-sluice-rest", out var flag) && flag.GetBoolean());
    }

    internal string Path { get; }

    internal string Method { get; }

    internal JsonElement Content { get; }

    internal string[] Segments { get; }

    internal int Literals { get; }

    /// <summary>Whether the last parameter of the path takes all that is left of it.</summary>
    internal bool TakesRest { get; }

    internal string Id => Content.GetProperty("operationId").GetString()!;

    internal IEnumerable<JsonElement> Parameters =>
        Content.TryGetProperty("parameters", out var all) ? all.EnumerateArray().Select(ApiDescription.Target) : [];

    internal bool Matches(string[] segments)
    {
        if (TakesRest ? segments.Length < Segments.Length - 1 : segments.Length != Segments.Length)
            return false;
        for (var index = 0; index < Math.Min(segments.Length, Segments.Length); index++)
        {
            if (Segments[index][0] != '{' && !Segments[index].Equals(segments[index], StringComparison.OrdinalIgnoreCase))
                return false;
        }
        return true;
    }
}

/// <summary>The OpenAPI document that the program carries, as what every answer is held against.</summary>
internal static class ApiDescription
{
    private static readonly ConcurrentDictionary<string, CompiledSchema> Compiled = new(StringComparer.Ordinal);

    internal static JsonElement Root { get; } =
        JsonDocument.Parse(OpenApiRoutes.Document, new JsonDocumentOptions { AllowDuplicateProperties = false }).RootElement;

    // Below Root: what is first in the file is made first.
    internal static IReadOnlyList<ApiOperation> Operations { get; } =
        [.. from path in Root.GetProperty("paths").EnumerateObject()
            from method in path.Value.EnumerateObject()
            select new ApiOperation(path.Name, method.Name, method.Value)];

    private static readonly ILookup<string, ApiOperation> ByMethod =
        Operations.OrderByDescending(one => one.Literals).ThenBy(one => one.TakesRest).ToLookup(one => one.Method, StringComparer.Ordinal);

    /// <summary>What is described at a path; null for paths of other doors.</summary>
    internal static ApiOperation? Find(string method, string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return ByMethod[method].FirstOrDefault(one => one.Matches(segments));
    }

    /// <summary>Why an answer is not as described: its status, its media type or its body; null when it is.</summary>
    internal static string? FaultOf(string method, string path, int status, string? mediaType, string text)
    {
        if (Find(method, path) is not { } operation)
            return null;
        var place = $"{operation.Id} ({method} {path}) answered {status}";
        if (!operation.Content.GetProperty("responses").TryGetProperty($"{status}", out var response))
            return $"{place}, which is not described: {text}";
        if (method == "HEAD")
            return null;
        if (!Target(response).TryGetProperty("content", out var content))
            return text.Length == 0 ? null : $"{place} with a body, and none is described: {text}";
        if (mediaType is null || !content.TryGetProperty(mediaType, out var media))
            return $"{place} as [{mediaType}], which is not described";
        return mediaType == "application/json" || mediaType.EndsWith("+json", StringComparison.Ordinal)
            ? Violations(media.GetProperty("schema"), text) is { } violations ? $"{place} with another body than described: {violations} in {text}" : null
            : null;
    }

    /// <summary>Why a JSON text does not satisfy a schema of the document; null when it does.</summary>
    internal static string? Violations(JsonElement schema, string text)
    {
        var compiled = Compile(schema);
        var utf8 = Encoding.UTF8.GetBytes(text);
        return compiled.IsValid(utf8) ? null : string.Join("; ", compiled.Validate(utf8).Select(one => $"{one.Pointer}: {one.Message}"));
    }

    /// <summary>Compiles a schema of the document, each once.</summary>
    internal static CompiledSchema Compile(JsonElement schema) => Compiled.GetOrAdd(schema.GetRawText(), static raw =>
    {
        var components = Root.GetProperty("components").GetProperty("schemas").GetRawText();
        using var alone = JsonDocument.Parse($$"""{"components":{"schemas":{{components}}},"allOf":[{{raw}}]}""");
        return CompiledSchema.Compile(alone.RootElement, new SchemaOptions { MaxDepth = 1_000 });
    });

    /// <summary>What a <c>$ref</c> of the document leads to; what is none is itself.</summary>
    internal static JsonElement Target(JsonElement element)
    {
        while (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String)
        {
            element = reference.GetString()!.Split('/').Skip(1).Aggregate(Root, (at, name) =>
                at.GetProperty(name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)));
        }
        return element;
    }
}
