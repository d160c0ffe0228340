using System.Globalization;
using System.Text;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Scripts;

namespace Sluice.Gateway.Policies;

/// <summary>Runs scripts of the bundle in the flow (contract gateway.md 7).</summary>
internal sealed class Javascript : Policy
{
    private const int MaxTimeLimitMs = 60_000;

    private readonly TimeSpan _limit;
    private readonly Dictionary<string, string> _properties = new(StringComparer.Ordinal);
    private readonly Script? _script;

    internal Javascript(PolicyElement source, CompileContext context) : base(source)
    {
        var xml = source.Xml;
        context.WarnOfUnknown(xml, "ResourceURL", "IncludeURL", "Source", "SSLInfo");
        if (!int.TryParse(xml.Attribute("timeLimit"), NumberStyles.None, CultureInfo.InvariantCulture, out var ms) || ms is < 1 or > MaxTimeLimitMs)
            context.Fault("InvalidTimeLimit", $"Javascript '{Name}': timeLimit '{xml.Attribute("timeLimit")}' is not 1 to {MaxTimeLimitMs} milliseconds", xml.Spot);
        _limit = TimeSpan.FromMilliseconds(ms);
        foreach (var property in xml.Child("Properties")?.All("Property") ?? [])
        {
            if (property.Attribute("name") is { } name)
                _properties[name] = property.Text ?? "";
        }
        List<(string Name, string Text)> sources = [("prelude", ScriptRun.Prelude)];
        foreach (var url in xml.All("IncludeURL").Concat(xml.All("ResourceURL")))
        {
            if (Resource(url, context) is { } text)
                sources.Add((url.Text!, text));
        }
        if (xml.Child("Source") is { Text: not null } inline)
            sources.Add((inline.Spot.File, inline.RawText));
        else if (xml.Child("ResourceURL") is null)
            context.Fault("NoResourceForURL", $"Javascript '{Name}' has neither a ResourceURL nor a Source", xml.Spot);
        _script = Script.Parse(sources, out var fault);
        if (_script is null)
            context.Fault("ScriptCompilationFailed", $"Failed to compile the script {fault.Name} of step {Name}: {fault.Reason}", SpotOf(xml, fault.Name, fault.Line, context));
    }

    internal override string? FailedPrefix => "javascript";

    internal override async ValueTask<Fault?> RunAsync(FlowContext flow) =>
        await new ScriptRun(flow, Name, _limit).RunAsync(_script!, _properties) is { } reason
            ? new Fault("steps.javascript.ScriptExecutionFailed", $"Execution of {Name} failed with error: {reason}")
            : null;

    // The line of a script of its own file, or within the policy's.
    private static SourceSpot SpotOf(BundleElement xml, string name, int line, CompileContext context) => context.Bundle.Resources.TryGetValue(name, out var resource)
        ? new SourceSpot($"resources/{resource.Type}/{resource.Path}", line, 0)
        : new SourceSpot(xml.Spot.File, (xml.Child("Source") ?? xml).Spot.Line + line - 1, 0);

    private string? Resource(BundleElement url, CompileContext context)
    {
        var parts = url.Text?.Split("://", 2);
        if (parts is not [{ Length: > 0 } type, { Length: > 0 }])
            context.Fault("InvalidResourceUrlFormat", $"Invalid resource url format {url.Text} in Step definition {Name}", url.Spot);
        else if (type is not ("jsc" or "js"))
            context.Fault("WrongResourceType", $"Resource type of {url.Text} in Step definition {Name} is {type}; it is jsc", url.Spot);
        else if (!context.Bundle.Resources.TryGetValue(url.Text!, out var resource))
            context.Fault("InvalidResourceUrlReference", $"Invalid resource url ref {url.Text} in Step definition {Name}: the bundle has no such file", url.Spot);
        else
            return Encoding.UTF8.GetString(resource.Content).TrimStart('\uFEFF');
        return null;
    }
}
