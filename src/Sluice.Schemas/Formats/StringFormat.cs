using Sluice.Schemas.Patterns;

namespace Sluice.Schemas.Formats;

/// <summary>A value of the <c>format</c> keyword: how it checks a text, and what messages call it.</summary>
internal sealed class StringFormat
{
    private readonly Check _check;

    private StringFormat(string title, Check check)
    {
        Title = title;
        _check = check;
    }

    private delegate bool Check(ReadOnlySpan<byte> text);

    /// <summary>What a refused text is not, with the forms that it may have: the end of the message of contract section 1.8.</summary>
    public string Title { get; }

    /// <summary>Whether a text, its escapes resolved, has this format.</summary>
    public bool Accepts(ReadOnlySpan<byte> text) => _check(text);

    /// <summary>The format of a name; null for a name that asserts nothing.</summary>
    public static StringFormat? Find(string name, SchemaDialect dialect) => name switch
    {
        "date-time" when dialect == SchemaDialect.Ingestion => new(Timed("date-time", "yyyy-MM-dd'T'HH:mm:ss"), DateTimes.IsIngestionDateTime),
        "date-time" => new(Timed("date-time", "yyyy-MM-dd'T'HH:mm:ss"), DateTimes.IsDateTime),
        "date" => new("date. Expected [yyyy-MM-dd]", DateTimes.IsDate),
        "time" => new(Timed("time", "HH:mm:ss"), DateTimes.IsTime),
        "email" => new("email address", MailAddresses.IsEmail),
        "hostname" => new("hostname", HostNames.IsHostName),
        "ipv4" => new("ipv4 address", IpAddresses.IsIpv4),
        "ipv6" => new("ipv6 address", IpAddresses.IsIpv6),
        "uri" => new("URI", Uris.IsUri),
        "uri-reference" => new("URI reference", Uris.IsUriReference),
        "uri-template" => new("URI template", UriTemplates.IsUriTemplate),
        "json-pointer" => new("JSON pointer", JsonPointers.IsJsonPointer),
        "regex" => new("regular expression", PatternMatcher.IsPattern),
        _ => null,
    };

    private static string Timed(string name, string form) =>
        $"{name}. Expected [{form}Z, {form}.[0-9]{{1,9}}Z, {form}[+-]HH:mm, {form}.[0-9]{{1,9}}[+-]HH:mm]";
}
