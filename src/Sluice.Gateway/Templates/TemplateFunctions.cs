using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Gateway.Conditions;
using Sluice.Gateway.Json;
using Sluice.Gateway.Xml;

namespace Sluice.Gateway.Templates;

/// <summary>The functions that templates may call (contract gateway.md 5.1), each a line.</summary>
internal static class TemplateFunctions
{
    private static readonly FrozenDictionary<string, TemplateFunction> All = Entries().ToFrozenDictionary(one => one.Name, StringComparer.Ordinal);

    internal static TemplateFunction? Find(string name, int arguments) =>
        All.GetValueOrDefault(name) is { } function && arguments >= function.Least && arguments <= function.Most ? function : null;

    private static IEnumerable<TemplateFunction> Entries() =>
    [
        .. Digests("md5", MD5.HashData), .. Digests("sha1", SHA1.HashData), .. Digests("sha256", SHA256.HashData),
        .. Digests("sha384", SHA384.HashData), .. Digests("sha512", SHA512.HashData),
        Hmac("hmacMd5", HMACMD5.HashData), Hmac("hmacSha1", HMACSHA1.HashData), Hmac("hmacSha224", Sha224.Hmac), Hmac("hmacSha256", HMACSHA256.HashData),
        Hmac("hmacSha384", HMACSHA384.HashData), Hmac("hmacSha512", HMACSHA512.HashData),
        new("encodeBase64", 1, 1, call => Convert.ToBase64String(Encoding.UTF8.GetBytes(call[0]))),
        new("decodeBase64", 1, 1, call => Bytes(call[0], "base64") is { } bytes ? Encoding.UTF8.GetString(bytes) : ""),
        new("toUpperCase", 1, 1, call => call[0].ToUpperInvariant()),
        new("toLowerCase", 1, 1, call => call[0].ToLowerInvariant()),
        new("substring", 2, 3, Substring),
        new("replaceAll", 3, 3, call => Replace(call, -1)),
        new("replaceFirst", 3, 3, call => Replace(call, 1)),
        new("escapeJSON", 1, 1, call => JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(call[0]).Replace("/", "\\/", StringComparison.Ordinal)),
        new("escapeXML", 1, 1, call => XmlText(call[0])),
        new("escapeXML11", 1, 1, call => XmlText(call[0])),
        new("encodeHTML", 1, 1, call => HtmlEncoder.Default.Encode(call[0])),
        new("timeFormat", 2, 2, call => Time(call, 1, isUtc: false)),
        new("timeFormatMs", 2, 2, call => Time(call, 1_000, isUtc: false)),
        new("timeFormatUTC", 2, 2, call => Time(call, 1, isUtc: true)),
        new("timeFormatUTCMs", 2, 2, call => Time(call, 1_000, isUtc: true)),
        new("createUuid", 0, 0, _ => Guid.NewGuid().ToString()),
        new("randomLong", 0, 2, RandomLong),
        new("xeger", 1, 1, call => Xeger.Make(call[0])),
        new("jsonPath", 2, 3, JsonPathText),
        new("xpath", 2, 13, XPathText),
        new("firstnonnull", 1, 16, call => Array.Find(call.Values, value => value is not null) ?? "null", NeedsValues: false),
    ];

    private static IEnumerable<TemplateFunction> Digests(string name, Func<byte[], byte[]> digest) =>
    [
        new(name + "Hex", 1, 1, call => Convert.ToHexStringLower(digest(Encoding.UTF8.GetBytes(call[0])))),
        new(name + "Base64", 1, 1, call => Convert.ToBase64String(digest(Encoding.UTF8.GetBytes(call[0])))),
    ];

    private static TemplateFunction Hmac(string name, Func<byte[], byte[], byte[]> digest) => new(name, 2, 4, call =>
    {
        if (Bytes(call[0], call.Has(2) ? call[2] : "utf-8") is not { } key)
            return "";
        var made = digest(key, Encoding.UTF8.GetBytes(call[1]));
        return call.Has(3) && call[3].ToLowerInvariant() is "hex" or "base16" ? Convert.ToHexStringLower(made) : Convert.ToBase64String(made);
    });

    private static byte[]? Bytes(string text, string encoding)
    {
        try
        {
            return encoding.ToLowerInvariant() switch
            {
                "hex" or "base16" => Convert.FromHexString(text),
                "base64" => Convert.FromBase64String(text),
                _ => Encoding.UTF8.GetBytes(text),
            };
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string Substring(TemplateCall call)
    {
        var text = call[0];
        if (!int.TryParse(call[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var start))
            return "";
        var end = text.Length;
        if (call.Has(2) && !int.TryParse(call[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out end))
            return "";
        (start, end) = (Place(start), Place(end));
        return start < end ? text[start..end] : "";

        int Place(int index) => Math.Clamp(index < 0 ? (int)Math.Max((long)text.Length + index, 0) : index, 0, text.Length);
    }

    private static string Replace(TemplateCall call, int count)
    {
        try
        {
            return RegexPattern.Compile(call[1]).Replace(call[0], JavaReplacement(call[2]), count);
        }
        catch (Exception fault) when (fault is ArgumentException or RegexMatchTimeoutException)
        {
            return call[0];
        }
    }

    // There \$ is a dollar sign; here it is $$.
    private static string JavaReplacement(string text) => text.Replace("\\$", "$$", StringComparison.Ordinal);

    private static string XmlText(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&apos;", StringComparison.Ordinal);

    private static string Time(TemplateCall call, int unitsASecond, bool isUtc)
    {
        if (!long.TryParse(call[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var epoch))
            return "";
        var ms = unitsASecond == 1 ? epoch * 1_000 : epoch;
        if (ms is < -62_135_596_800_000 or > 253_402_300_799_999)
            return "";
        var time = DateTimeOffset.FromUnixTimeMilliseconds(ms);
        return JavaTimeFormat.Write(call[0], isUtc ? time : TimeZoneInfo.ConvertTime(time, call.Flow.Snapshot.Services.Zone));
    }

    private static string JsonPathText(TemplateCall call)
    {
        if (JsonPath.Of(call[0]) is not { } path)
            return "";
        try
        {
            using var document = JsonDocument.Parse(call[1]);
            return path.Find(document.RootElement) is { } found ? path.Text(found, asArray: call[2] == "true") ?? "" : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    // xpath(expression,xml[,type][,'prefix:uri'…]); the type may be left out before namespaces.
    private static string XPathText(TemplateCall call)
    {
        var type = call.Has(2) && call[2] is "nodeset" or "node" or "number" or "boolean" or "string" ? call[2] : "";
        string[] prefixes = [.. call.Values.Skip(type.Length > 0 ? 3 : 2).OfType<string>()];
        return XPathQuery.Of(call[0], prefixes) is { } query && XmlContent.Read(call[1]) is { } document
            ? query.Find(document, asXml: type is "" or "nodeset" or "node") ?? ""
            : "";
    }

    private static string RandomLong(TemplateCall call)
    {
        var (least, most) = (0L, long.MaxValue);
        if ((call.Has(0) && !long.TryParse(call[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out least))
            || (call.Has(1) && !long.TryParse(call[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out most)) || most < least)
            return "";
        // Up to and with the largest, which the platform's own range leaves out.
        var span = (UInt128)((Int128)most - least) + 1;
        var drawn = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) % span;
        return ((long)((Int128)least + (Int128)drawn)).ToString(CultureInfo.InvariantCulture);
    }
}
