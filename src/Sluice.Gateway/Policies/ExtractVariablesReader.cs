using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Json;
using Sluice.Gateway.Variables;
using Sluice.Gateway.Xml;

namespace Sluice.Gateway.Policies;

/// <summary>Reads the XML of ExtractVariables; what is wrong gets the names of contract gateway.md 6.4.</summary>
internal sealed class ExtractVariablesReader(PolicyElement source, CompileContext context)
{
    private const int MaxPatternCharacters = 2_000;

    private readonly string? _prefix = source.Xml.ChildText("VariablePrefix");
    private readonly List<(VariableRef, ExtractPattern[])> _patterns = [];

    internal ExtractVariablesSettings Read()
    {
        var xml = source.Xml;
        context.WarnOfUnknown(
            xml, "Source", "VariablePrefix", "IgnoreUnresolvedVariables", "URIPath", "QueryParam", "Header", "FormParam", "Variable", "JSONPayload", "XMLPayload");
        if (!xml.Children.Any(child => child.Name is "URIPath" or "QueryParam" or "Header" or "FormParam" or "Variable" or "JSONPayload" or "XMLPayload"))
            Fault("NothingToExtract", "at least one of URIPath, QueryParam, Header, FormParam, Variable, XMLPayload, JSONPayload is mandatory.", xml);
        foreach (var again in xml.All("VariablePrefix").Skip(1))
            Fault("DuplicatePrefix", $"Duplicate prefix {again.Text}.", again);

        var from = xml.ChildText("Source");
        var message = from ?? "message";
        foreach (var path in xml.All("URIPath"))
            Patterns(path, VariableRef.Of("proxy.pathsuffix"), isPath: true);
        Named("QueryParam", name => VariableRef.Of($"{(from is null ? "request" : message)}.queryparam.{name}"));
        Named("Header", name => VariableRef.Of($"{message}.header.{name}"));
        Named("FormParam", name => VariableRef.Of($"{message}.formparam.{name}"));
        Named("Variable", VariableRef.Of);
        return new ExtractVariablesSettings
        {
            Source = from is null ? null : VariableRef.Of(from),
            ClearsPayload = xml.Child("Source")?.FlagAttribute("clearPayload", byDefault: false) ?? false,
            IgnoresUnresolved = xml.Flag("IgnoreUnresolvedVariables", byDefault: false),
            NeedsSource = xml.Children.Any(child => child.Name is "QueryParam" or "Header" or "FormParam" or "JSONPayload" or "XMLPayload"),
            Patterns = [.. _patterns],
            Json = [.. xml.All("JSONPayload").SelectMany(Json)],
            Xml = [.. xml.All("XMLPayload").SelectMany(Xml)],
        };
    }

    private void Named(string kind, Func<string, VariableRef> variable)
    {
        foreach (var element in source.Xml.All(kind))
        {
            if (element.Attribute("name") is { } name)
                Patterns(element, variable(name), isPath: false);
            else
                Fault("MissingName", $"{kind} has no name.", element);
        }
    }

    private void Patterns(BundleElement parent, VariableRef variable, bool isPath)
    {
        var patterns = new List<ExtractPattern>();
        foreach (var element in parent.All("Pattern"))
        {
            if (element.Text is not { Length: <= MaxPatternCharacters } text)
            {
                if (isPath && element.Text is null && _prefix is not null)
                    Fault("NONEmptyPrefixMappedToEmptyURI", $"Non-empty prefix {_prefix} cannot be mapped to empty uri.", element);
                else
                    Fault("InvalidPattern", $"Pattern has 1 to {MaxPatternCharacters} characters.", element);
            }
            else if (ExtractPattern.Read(text, isPath, element.FlagAttribute("ignoreCase", byDefault: false), Target) is not { } pattern)
                Fault("InvalidPattern", $"Invalid pattern {text}.", element);
            else if (!pattern.HasVariable)
                Fault("PatternWithoutVariable", $"Pattern {text} has no variable.", element);
            else
                patterns.Add(pattern);
        }
        _patterns.Add((variable, [.. patterns]));
    }

    private IEnumerable<(VariableRef, JsonPath, ExtractedType)> Json(BundleElement payload)
    {
        if (payload.Child("Variable") is null)
            Fault("NoJSONPathsToEvaluate", "no JSONPath is in JSONPayload.", payload);
        foreach (var variable in payload.All("Variable"))
        {
            if (NameOf(variable, "JSONPayload") is not { } name)
                continue;
            if (variable.Child("JSONPath") is not { Text: { } text } path)
                Fault("EmptyJSONPathExpression", $"the JSONPath of variable {name} is empty.", variable);
            else if (JsonPath.Parse(text, out var wrong) is not { } compiled)
                Fault("JSONPathCompilationFailed", $"Failed to compile jsonpath {text}. Variable {name}: {wrong}", path);
            else
                yield return (Target(name), compiled, TypeOf(variable));
        }
    }

    private IEnumerable<(VariableRef, XPathQuery, ExtractedType)> Xml(BundleElement payload)
    {
        if (payload.Child("Variable") is null)
            Fault("NoXPathsToEvaluate", "no XPath is in XMLPayload.", payload);
        var namespaces = (payload.Child("Namespaces")?.All("Namespace") ?? [])
            .Where(one => one.Attribute("prefix") is not null).Select(one => KeyValuePair.Create(one.Attribute("prefix")!, one.Text ?? "")).ToList();
        foreach (var variable in payload.All("Variable"))
        {
            if (NameOf(variable, "XMLPayload") is not { } name)
                continue;
            var type = TypeOf(variable);
            if (variable.Child("XPath") is not { Text: { } text } path)
                Fault("EmptyXPathExpression", $"the XPath of variable {name} is empty.", variable);
            else if (XPathQuery.Parse(text, namespaces, out var wrong) is not { } compiled)
                Fault("XPathCompilationFailed", $"Failed to compile xpath {text}. Variable {name}: {wrong}", path);
            else if (type == ExtractedType.Nodeset && !compiled.GivesNodes)
                Fault("CannotBeConvertedToNodeset", $"Result of xpath {text} cannot be converted to nodeset. Variable {name}.", path);
            else
                yield return (Target(name), compiled, type);
        }
    }

    private string? NameOf(BundleElement variable, string payload)
    {
        if (variable.Attribute("name") is { } name)
            return name;
        Fault("MissingName", $"a Variable of {payload} has no name.", variable);
        return null;
    }

    private ExtractedType TypeOf(BundleElement variable)
    {
        if (variable.Attribute("type") is not { } text)
            return ExtractedType.String;
        if (!Enum.TryParse<ExtractedType>(text, ignoreCase: true, out var type) || !Enum.IsDefined(type))
            Fault("InstantiationFailed", $"type {text} is none of string, boolean, integer, long, float, double, nodeset.", variable);
        return type;
    }

    private VariableRef Target(string name) => VariableRef.Of(_prefix is null ? name : $"{_prefix}.{name}");

    private void Fault(string name, string text, BundleElement element) => context.Fault(name, $"ExtractVariables {source.Name}: {text}", element.Spot);
}
