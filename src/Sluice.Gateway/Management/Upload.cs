using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Gateway.Management;

/// <summary>The files and fields a client sends along: the parts of a form by name, or the whole body as its <c>file</c>.</summary>
internal sealed class Upload
{
    internal const string File = "file";
    private const int AroundPartsBytes = 16 << 10;

    private readonly Dictionary<string, byte[]> _parts = new(StringComparer.Ordinal);

    private Upload()
    {
    }

    /// <summary>Null for more than <paramref name="maxBytes"/>, or a form that is none.</summary>
    internal static async Task<Upload?> ReadAsync(ManagementCall call, int maxBytes)
    {
        var request = call.Http.Request;
        if (call.Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = maxBytes + AroundPartsBytes;
        var upload = new Upload();
        try
        {
            if (!request.HasFormContentType)
            {
                upload._parts[File] = await ReadAsync(request.Body, call.Cancellation);
                return upload._parts[File].Length <= maxBytes ? upload : null;
            }
            var form = await request.ReadFormAsync(call.Cancellation);
            foreach (var (name, value) in form)
                upload._parts[name] = Encoding.UTF8.GetBytes(value.ToString());
            foreach (var one in form.Files)
            {
                await using var file = one.OpenReadStream();
                upload._parts[one.Name] = await ReadAsync(file, call.Cancellation);
            }
            return upload._parts.Values.Sum(part => (long)part.Length) <= maxBytes ? upload : null;
        }
        catch (Exception fault) when (fault is BadHttpRequestException or InvalidDataException)
        {
            return null;
        }
    }

    internal byte[]? Find(string name) => _parts.TryGetValue(name, out var part) && part.Length > 0 ? part : null;

    internal string? FindText(string name) => Find(name) is { } part ? Encoding.UTF8.GetString(part) : null;

    // The listener bounds what comes.
    private static async Task<byte[]> ReadAsync(Stream source, CancellationToken cancellation)
    {
        var bytes = new MemoryStream();
        await source.CopyToAsync(bytes, cancellation);
        return bytes.ToArray();
    }
}
