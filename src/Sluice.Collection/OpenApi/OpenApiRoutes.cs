using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.OpenApi;

/// <summary>The description of every path of the door, as it is committed: anybody may read it, token or not.</summary>
internal static class OpenApiRoutes
{
    internal const string Path = "/openapi/collection.json";

    private static readonly Lazy<(byte[] Document, string ETag)> Description = new(Read);

    internal static void MapOpenApi(this IEndpointRouteBuilder routes) => routes.MapGet(Path, (Delegate)Get);

    /// <summary>The bytes that are served.</summary>
    internal static byte[] Document => Description.Value.Document;

    private static IResult Get(HttpContext http)
    {
        var (document, etag) = Description.Value;
        http.Response.Headers.ETag = etag;
        return http.Request.Headers.IfNoneMatch.ToString() == etag
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(document, "application/json");
    }

    private static (byte[] Document, string ETag) Read()
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("openapi/collection.json")!;
        var document = new byte[resource.Length];
        resource.ReadExactly(document);
        return (document, $"\"{Convert.ToHexStringLower(SHA256.HashData(document))[..32]}\"");
    }
}
