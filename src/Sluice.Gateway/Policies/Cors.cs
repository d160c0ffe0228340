using System.Globalization;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;
using Sluice.Gateway.Templates;

namespace Sluice.Gateway.Policies;

/// <summary>Lets pages of other origins call a proxy: answers their preflights, and puts headers on whatever answer the flow ends in (contract gateway.md 7; Fetch standard, CORS protocol).</summary>
internal sealed class Cors : Policy
{
    private const int MaxAgeByDefault = 1_800;
    private const string MethodsByDefault = "GET, POST, HEAD, OPTIONS";
    private const string HeadersByDefault = "origin, x-requested-with, accept, content-type";

    private readonly Template? _origins;
    private readonly Template _methods;
    private readonly Template _headers;
    private readonly Template? _exposed;
    private readonly string? _maxAge;
    private readonly bool _allowsCredentials;
    private readonly bool _answersPreflights;
    private readonly bool _ignoresUnresolved;

    internal Cors(PolicyElement source, CompileContext context) : base(source)
    {
        var xml = source.Xml;
        context.WarnOfUnknown(
            xml, "AllowOrigins", "AllowMethods", "AllowHeaders", "ExposeHeaders", "MaxAge", "AllowCredentials", "GeneratePreflightResponse", "IgnoreUnresolvedVariables");
        Template? Read(string name) => xml.Child(name) is { Text: { } text } child ? context.Template(text, child.Spot) : null;
        _origins = Read("AllowOrigins");
        if (_origins is null)
            context.Fault("AllowOriginsMissing", $"CORS '{Name}' has no AllowOrigins", xml.Spot);
        _methods = Read("AllowMethods") ?? context.Template(MethodsByDefault, xml.Spot);
        _headers = Read("AllowHeaders") ?? context.Template(HeadersByDefault, xml.Spot);
        _exposed = Read("ExposeHeaders");
        if (xml.Number("MaxAge", MaxAgeByDefault) is not { } seconds || seconds < -1)
            context.Fault("InvalidMaxAge", $"CORS '{Name}': MaxAge {xml.ChildText("MaxAge")} is no number of seconds, or -1", xml.Child("MaxAge")!.Spot);
        else
            _maxAge = seconds.ToString(CultureInfo.InvariantCulture);
        _allowsCredentials = xml.Flag("AllowCredentials", byDefault: false);
        _answersPreflights = xml.Flag("GeneratePreflightResponse", byDefault: true);
        _ignoresUnresolved = xml.Flag("IgnoreUnresolvedVariables", byDefault: false);
    }

    internal override string? FailedPrefix => "cors";

    internal override ValueTask<Fault?> RunAsync(FlowContext flow)
    {
        var request = flow.Request;
        if (request.Headers.First("Origin") is not { Length: > 0 } origin)
            return default;
        string? unresolved = null;
        var headers = Headers(flow, origin, ref unresolved);
        if (unresolved is not null && !_ignoresUnresolved)
            return new(new Fault("steps.cors.UnresolvedVariable", $"CORS[{Name}]: unable to resolve variable {unresolved}"));
        foreach (var (name, value) in headers)
            flow.AnswerHeaders.Add(new HeaderField(name, value));
        if (_answersPreflights && request.Verb == "OPTIONS" && request.Headers.Has("Access-Control-Request-Method") && flow.Direction == Direction.Request)
        {
            flow.Response.Clear(isRequest: false);
            flow.Answer = Answer.Final;
        }
        return default;
    }

    private List<(string Name, string Value)> Headers(FlowContext flow, string origin, ref string? unresolved)
    {
        var isPreflight = flow.Request.Verb == "OPTIONS" && flow.Request.Headers.Has("Access-Control-Request-Method");
        var allowed = Fill(flow, _origins!, ref unresolved).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var isAny = Array.IndexOf(allowed, "*") >= 0;
        var headers = new List<(string, string)>();
        // With the origin in the answer, caches between must know that it depends on it; also where it is not allowed.
        if (!isAny || _allowsCredentials)
            headers.Add(("Vary", "Origin"));
        if (!isAny && !Array.Exists(allowed, one => one.Equals(origin, StringComparison.OrdinalIgnoreCase)))
            return headers;
        // Browsers refuse "*" together with credentials.
        headers.Add(("Access-Control-Allow-Origin", isAny && !_allowsCredentials ? "*" : origin));
        if (_allowsCredentials)
            headers.Add(("Access-Control-Allow-Credentials", "true"));
        if (isPreflight)
        {
            headers.Add(("Access-Control-Allow-Methods", Fill(flow, _methods, ref unresolved)));
            headers.Add(("Access-Control-Allow-Headers", Fill(flow, _headers, ref unresolved)));
            if (_maxAge is not null)
                headers.Add(("Access-Control-Max-Age", _maxAge));
        }
        else if (_exposed is not null)
            headers.Add(("Access-Control-Expose-Headers", Fill(flow, _exposed, ref unresolved)));
        return headers;
    }

    private static string Fill(FlowContext flow, Template template, ref string? unresolved)
    {
        var text = template.Fill(flow, out var missing);
        unresolved ??= missing;
        return text;
    }
}
