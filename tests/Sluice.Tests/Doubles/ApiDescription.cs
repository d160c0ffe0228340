using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Sluice.Access;
using Sluice.Audience;
using Sluice.Collection;
using Sluice.Gateway;
using Sluice.Schemas;

namespace Sluice.Tests.Doubles;

/// <summary>An operation of an OpenAPI document, with the path it stands under.</summary>
internal sealed class ApiOperation
{
    internal ApiOperation(ApiDescription description, string path, string method, JsonElement content)
    {
        (Description, Path, Method, Content) = (description, path, method.ToUpperInvariant(), content);
        Segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        Servers = [.. (content.TryGetProperty("servers", out var own) ? own : description.Root.GetProperty("servers")).EnumerateArray()
            .Select(server => server.GetProperty("url").GetString()!.Split('/', StringSplitOptions.RemoveEmptyEntries))];
        Literals = Segments.Count(segment => segment[0] != '{');
        TakesRest = Parameters.Any(one => one.TryGetProperty("x-sluice-rest", out var flag) && flag.GetBoolean());
    }

    internal ApiDescription Description { get; }

    internal string Path { get; }

    internal string Method { get; }

    internal JsonElement Content { get; }

    internal string[] Segments { get; }

    /// <summary>What may stand before the path: nothing, or the beginning of an alias.</summary>
    internal IReadOnlyList<string[]> Servers { get; }

    /// <summary>The path with every part in each of its forms.</summary>
    internal IEnumerable<string> Spellings => Segments.Aggregate<string, IEnumerable<string>>([""], (paths, segment) => paths.SelectMany(path => FormsOf(segment).Select(form => $"{path}/{form}")));

    internal int Literals { get; }

    /// <summary>Whether the last parameter of the path takes all that is left of it.</summary>
    internal bool TakesRest { get; }

    internal string Id => Content.GetProperty("operationId").GetString()!;

    internal IEnumerable<JsonElement> Parameters =>
        Content.TryGetProperty("parameters", out var all) ? all.EnumerateArray().Select(Description.Target) : [];

    /// <summary>What may be sent, by media type.</summary>
    internal IEnumerable<JsonProperty> Bodies =>
        Content.TryGetProperty("requestBody", out var body) ? Description.Target(body).GetProperty("content").EnumerateObject() : [];

    internal bool Matches(string[] segments) =>
        Servers.Any(server => segments.AsSpan().StartsWith(server) && MatchesBelow(segments[server.Length..]));

    private string[] FormsOf(string segment) => Description.ShortForms.TryGetValue(segment, out var form) ? [segment, form] : [segment];

    private bool MatchesBelow(string[] segments)
    {
        if (TakesRest ? segments.Length < Segments.Length - 1 : segments.Length != Segments.Length)
            return false;
        for (var index = 0; index < Math.Min(segments.Length, Segments.Length); index++)
        {
            var literal = Segments[index].Split('{')[0]; // a parameter may stand behind a few letters, as in ibs:{parameters}
            if (literal.Length < Segments[index].Length ? !segments[index].StartsWith(literal, StringComparison.OrdinalIgnoreCase)
                : !FormsOf(literal).Contains(segments[index], StringComparer.OrdinalIgnoreCase))
                return false;
        }
        return true;
    }
}

/// <summary>An OpenAPI document that the program serves; together they are what every answer is held against.</summary>
internal sealed class ApiDescription
{
    private readonly ConcurrentDictionary<string, CompiledSchema> _compiled = new(StringComparer.Ordinal);

    private ApiDescription(ApiDocument document)
    {
        Document = document;
        Root = JsonDocument.Parse(document.Text, new JsonDocumentOptions { AllowDuplicateProperties = false }).RootElement;
        ShortForms = Root.TryGetProperty("x-sluice-short", out var forms)
            ? forms.EnumerateObject().ToDictionary(one => one.Name, one => one.Value.GetString()!, StringComparer.Ordinal)
            : [];
        Operations =
            [.. from path in Root.GetProperty("paths").EnumerateObject()
                from method in path.Value.EnumerateObject()
                select new ApiOperation(this, path.Name, method.Name, method.Value)];
    }

    /// <summary>Every document there is: a door that gets one adds its line here.</summary>
    internal static IReadOnlyList<ApiDescription> All { get; } =
    [
        new(CollectionModule.Description),
        new(AccessModule.Description),
        new(AudienceModule.Description),
        new(GatewayModule.Description),
    ];

    // Below All: what is first in the file is made first.
    private static readonly ILookup<string, ApiOperation> ByMethod = All.SelectMany(one => one.Operations)
        .OrderByDescending(one => one.Literals).ThenBy(one => one.TakesRest).ToLookup(one => one.Method, StringComparer.Ordinal);

    internal ApiDocument Document { get; }

    internal JsonElement Root { get; }

    /// <summary>What may stand in a path instead of a part of it that is written out.</summary>
    internal Dictionary<string, string> ShortForms { get; }

    internal IReadOnlyList<ApiOperation> Operations { get; }

    /// <summary>The description of one door.</summary>
    internal static ApiDescription Of(ApiDocument document) => All.Single(one => one.Document == document);

    /// <summary>What is described at a path; null for paths that no document has.</summary>
    internal static ApiOperation? Find(string method, string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return ByMethod[method].FirstOrDefault(one => one.Matches(segments));
    }

    /// <summary>Why an answer is not as described: its status, its media type, its body or a header that is missing; null when it is.</summary>
    internal static string? FaultOf(string method, string path, HttpResponseMessage response, string text)
    {
        if (Find(method, path) is not { } operation)
            return null;
        var place = $"{operation.Id} ({method} {path}) answered {(int)response.StatusCode}";
        var responses = operation.Content.GetProperty("responses");
        return responses.TryGetProperty($"{(int)response.StatusCode}", out var described)
            ? operation.Description.FaultOf(place, method, operation.Description.Target(described), response, text)
            : $"{place}, which is not described: {text}";
    }

    private string? FaultOf(string place, string method, JsonElement described, HttpResponseMessage response, string text)
    {
        if (described.TryGetProperty("headers", out var headers) && headers.EnumerateObject().Where(one => IsMissing(one, response)).ToList() is [var missing, ..])
            return $"{place} without the header {missing.Name}";
        if (method == "HEAD")
            return null;
        if (!described.TryGetProperty("content", out var content))
            return text.Length == 0 ? null : $"{place} with a body, and none is described: {text}";
        var mediaType = response.Content.Headers.ContentType?.MediaType;
        if (mediaType is null || !content.TryGetProperty(mediaType, out var media))
            return $"{place} as [{mediaType}], which is not described";
        return mediaType == "application/json" || mediaType.EndsWith("+json", StringComparison.Ordinal)
            ? Violations(media.GetProperty("schema"), text) is { } violations ? $"{place} with another body than described: {violations} in {text}" : null
            : null;
    }

    private bool IsMissing(JsonProperty header, HttpResponseMessage response) =>
        Target(header.Value).TryGetProperty("required", out var required) && required.GetBoolean()
        && !response.Headers.NonValidated.Contains(header.Name) && !response.Content.Headers.NonValidated.Contains(header.Name);

    /// <summary>Why a JSON text does not satisfy a schema of the document; null when it does.</summary>
    internal string? Violations(JsonElement schema, string text)
    {
        var compiled = Compile(schema);
        var utf8 = Encoding.UTF8.GetBytes(text);
        return compiled.IsValid(utf8) ? null : string.Join("; ", compiled.Validate(utf8).Select(one => $"{one.Pointer}: {one.Message}"));
    }

    /// <summary>Compiles a schema of the document, each once.</summary>
    internal CompiledSchema Compile(JsonElement schema) => _compiled.GetOrAdd(schema.GetRawText(), raw =>
    {
        var components = Root.GetProperty("components").GetProperty("schemas").GetRawText();
        using var alone = JsonDocument.Parse($$"""{"components":{"schemas":{{components}}},"allOf":[{{raw}}]}""");
        return CompiledSchema.Compile(alone.RootElement, new SchemaOptions { MaxDepth = 1_000 });
    });

    /// <summary>What a <c>$ref</c> of the document leads to; what is none is itself.</summary>
    internal JsonElement Target(JsonElement element)
    {
        while (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String)
        {
            element = reference.GetString()!.Split('/').Skip(1).Aggregate(Root, (at, name) =>
                at.GetProperty(name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)));
        }
        return element;
    }
}
