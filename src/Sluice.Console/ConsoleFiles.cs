using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Sluice.WebConsole;

/// <summary>The built files of the web app, carried inside the program; each is read, tagged and packed once, when somebody first asks for it.</summary>
/// <remarks>Threading: any.</remarks>
internal sealed class ConsoleFiles
{
    private const string Prefix = "console/";
    private const string Page = "index.html";

    // Scripts and styles are the app's own; styles of components are also set on elements.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private const string NotBuilt = """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>Sluice console</title>
        <body style="font-family:system-ui;max-width:40rem;margin:4rem auto;padding:0 1rem;line-height:1.5">
        <h1>The console is not part of this build</h1>
        <p>Everything else works. The console's pages are built when Node 20 or newer is on the PATH: install it from your distribution or from nodejs.org, then run
        <code>dotnet build</code> again and restart.</p><p>Until then: the API and its reference are at <a href="/v1/docs">/v1/docs</a>.</p></body></html>
        """;

    private readonly FrozenDictionary<string, Lazy<ConsoleFile>> _files;

    private ConsoleFiles(FrozenDictionary<string, Lazy<ConsoleFile>> files) => _files = files;

    /// <summary>Those that this program carries.</summary>
    internal static ConsoleFiles Carried { get; } = OfAssembly();

    internal bool AreBuilt => _files.ContainsKey(Page);

    internal async Task ServeAsync(HttpContext http, string path)
    {
        var response = http.Response;
        // Addresses in the page count from its folder.
        if (!http.Request.Path.Value!.StartsWith("/console/", StringComparison.Ordinal))
        {
            response.Redirect("/console/");
            return;
        }
        response.Headers.ContentSecurityPolicy = Policy;
        if (!AreBuilt)
        {
            (response.StatusCode, response.ContentType) = (StatusCodes.Status200OK, "text/html; charset=utf-8");
            await response.WriteAsync(NotBuilt, http.RequestAborted);
            return;
        }
        if (!_files.TryGetValue(path, out var found))
        {
            // A file that is not there is not: a page in its place would be read as a script.
            if (path.StartsWith("assets/", StringComparison.Ordinal))
            {
                response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }
            found = _files[Page];
        }
        var file = found.Value;
        response.Headers.ETag = file.Tag;
        response.Headers.Vary = "Accept-Encoding";
        // Names of assets change with what is in them.
        response.Headers.CacheControl = path.StartsWith("assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        if (http.Request.Headers.IfNoneMatch.ToString().Contains(file.Tag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = file.ContentType;
        var body = file.Plain;
        if (file.Packed is { } packed && http.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.OrdinalIgnoreCase))
            (body, response.Headers.ContentEncoding) = (packed, "br");
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }

    private static ConsoleFiles OfAssembly()
    {
        var assembly = typeof(ConsoleFiles).Assembly;
        return new ConsoleFiles(assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(
            name => name[Prefix.Length..].Replace('\\', '/'), name => new Lazy<ConsoleFile>(() => ConsoleFile.Read(assembly, name)), StringComparer.Ordinal));
    }
}

/// <summary>One file of the web app.</summary>
/// <param name="ContentType">Its media type.</param>
/// <param name="Tag">Its entity tag, of what is in it.</param>
/// <param name="Plain">Its bytes.</param>
/// <param name="Packed">The same packed with Brotli; null where that saves nothing.</param>
internal sealed record ConsoleFile(string ContentType, string Tag, byte[] Plain, byte[]? Packed)
{
    internal static ConsoleFile Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var plain = new byte[stream.Length];
        stream.ReadExactly(plain);
        var packed = new MemoryStream();
        using (var packer = new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            packer.Write(plain);
        return new ConsoleFile(TypeOf(name), $"\"{Convert.ToHexStringLower(SHA256.HashData(plain).AsSpan(0, 12))}\"", plain, packed.Length < plain.Length ? packed.ToArray() : null);
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".json" => "application/json",
        ".woff2" => "font/woff2",
        _ => "application/octet-stream",
    };
}
