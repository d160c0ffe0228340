using System.Text.Json;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;
using Sluice.Gateway.Variables;
using Sluice.Gateway.Xml;

namespace Sluice.Gateway.Policies;

/// <summary>Takes parts of a message, or of variables, into variables (contract gateway.md 7).</summary>
internal sealed class ExtractVariables : Policy
{
    private static readonly JsonDocumentOptions JsonLimits = new() { MaxDepth = 256, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private readonly ExtractVariablesSettings _settings;

    internal ExtractVariables(PolicyElement source, CompileContext context) : base(source) => _settings = new ExtractVariablesReader(source, context).Read();

    internal override string? FailedPrefix => "extractvariables";

    internal override ValueTask<Fault?> RunAsync(FlowContext flow)
    {
        var source = _settings.Source is null ? flow.Current : _settings.Source.Get(flow);
        if (source is null && _settings.NeedsSource)
        {
            return new(_settings.IgnoresUnresolved ? null
                : new Fault("steps.extractvariables.SourceMessageNotAvailable", $"{_settings.Source!.Name} message is not available for ExtractVariable: {Name}"));
        }
        var fault = Patterns(flow) ?? Json(flow, source) ?? Xml(flow, source);
        if (fault is null && _settings.ClearsPayload && source is Message message)
            message.Body = default;
        return new(fault);
    }

    private Fault? Patterns(FlowContext flow)
    {
        foreach (var (variable, patterns) in _settings.Patterns)
        {
            if (variable.GetText(flow) is not { } text)
                continue;
            foreach (var pattern in patterns)
            {
                if (pattern.Match(text) is not { } values)
                    continue;
                foreach (var (target, value) in values)
                {
                    if (Set(flow, target, value) is { } fault)
                        return fault;
                }
                break; // the first that matches counts
            }
        }
        return null;
    }

    private Fault? Json(FlowContext flow, object? source)
    {
        if (_settings.Json.Length == 0 || source is null || (source is Message message && !IsJson(message)))
            return null;
        JsonDocument document;
        try
        {
            document = source is Message json ? JsonDocument.Parse(json.Content, JsonLimits) : JsonDocument.Parse(ValueText.Of(source), JsonLimits);
        }
        catch (JsonException failure)
        {
            return source is Message
                ? new Fault("steps.extractvariables.ExecutionFailed", $"Failed to execute the ExtractVariables: {Name}")
                : new Fault("steps.extractvariables.JsonPathParsingFailure", $"ExtractVariables {Name}: the value of {_settings.Source!.Name} is no JSON: {failure.Message}");
        }
        using (document)
        {
            foreach (var (target, path, type) in _settings.Json)
            {
                if (path.Find(document.RootElement) is not { } found)
                    return new Fault("steps.extractvariables.ExecutionFailed", $"Failed to execute the ExtractVariables: {Name}");
                if (path.Text(found, asArray: true) is { } text && SetTyped(flow, target, text, type) is { } fault)
                    return fault;
            }
        }
        return null;
    }

    private Fault? Xml(FlowContext flow, object? source)
    {
        if (_settings.Xml.Length == 0 || source is null || (source is Message message && !IsXml(message)))
            return null;
        if (XmlContent.Read(source is Message xml ? xml.Content : ValueText.Of(source)) is not { } document)
            return new Fault("steps.extractvariables.ExecutionFailed", $"Failed to execute the ExtractVariables: {Name}");
        foreach (var (target, query, type) in _settings.Xml)
        {
            if (query.Find(document, asXml: type == ExtractedType.Nodeset) is { } text && SetTyped(flow, target, text, type) is { } fault)
                return fault;
        }
        return null;
    }

    private Fault? SetTyped(FlowContext flow, VariableRef target, string text, ExtractedType type) => ExtractedTypes.TryCast(text, type, out var value)
        ? Set(flow, target, value)
        : new Fault("steps.extractvariables.UnableToCast", $"Unable to cast value {text[..Math.Min(text.Length, 100)]} as {type}. ExtractVariables {Name}");

    private Fault? Set(FlowContext flow, VariableRef target, object value) => target.TrySet(flow, value) ? null
        : new Fault("steps.extractvariables.SetVariableFailed", $"Failed to set variable {target.Name}. Policy: {Name}");

    private static bool IsJson(Message message) => TypeOf(message) is { } type
        && (type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    private static bool IsXml(Message message) => TypeOf(message) is { } type
        && (type.Equals("text/xml", StringComparison.OrdinalIgnoreCase) || type.Equals("application/xml", StringComparison.OrdinalIgnoreCase)
            || (type.StartsWith("application/", StringComparison.OrdinalIgnoreCase) && type.EndsWith("+xml", StringComparison.OrdinalIgnoreCase)));

    private static string? TypeOf(Message message) => message.Headers.First("Content-Type")?.Split(';')[0].Trim();
}
