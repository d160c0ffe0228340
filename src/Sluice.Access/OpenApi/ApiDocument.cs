using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Access;

/// <summary>The OpenAPI description of every path of a door, as it is committed: anybody may read it, token or not.</summary>
public sealed class ApiDocument
{
    private readonly Lazy<(byte[] Text, string ETag)> _content;

    /// <summary>The description that a door carries as the resource <c>openapi/{name}.json</c>, served at that path.</summary>
    public ApiDocument(string name, Assembly door)
    {
        (Path, Door) = ($"/openapi/{name}.json", door);
        _content = new(Read);
    }

    internal string Path { get; }

    internal Assembly Door { get; }

    /// <summary>The bytes that are served.</summary>
    internal byte[] Text => _content.Value.Text;

    /// <summary>Maps the description at its path, and at those beside it where the door's own clients look.</summary>
    public void MapOn(IEndpointRouteBuilder routes, params IEnumerable<string> alsoAt)
    {
        foreach (var path in alsoAt.Prepend(Path))
            routes.MapGet(path, (Delegate)Get).WithMetadata(this);
    }

    private IResult Get(HttpContext http)
    {
        var (text, etag) = _content.Value;
        http.Response.Headers.ETag = etag;
        return http.Request.Headers.IfNoneMatch.ToString() == etag
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(text, "application/json");
    }

    private (byte[] Text, string ETag) Read()
    {
        using var resource = Door.GetManifestResourceStream(Path[1..])!;
        var text = new byte[resource.Length];
        resource.ReadExactly(text);
        return (text, $"\"{Convert.ToHexStringLower(SHA256.HashData(text))[..32]}\"");
    }
}
