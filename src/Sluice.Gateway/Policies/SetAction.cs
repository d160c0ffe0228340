using System.Globalization;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;
using Sluice.Gateway.Templates;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Policies;

/// <summary>Adds or replaces headers, parameters, body and line, each a template.</summary>
internal sealed class SetAction : MessageAction
{
    private readonly bool _isAdd;
    private readonly (string Name, Template Value)[] _headers;
    private readonly (string Name, Template Value)[] _query;
    private readonly (string Name, Template Value)[] _form;
    private readonly Template? _payload;
    private readonly string? _contentType;
    private readonly Template? _verb, _version, _path, _status, _reason;

    internal SetAction(BundleElement xml, bool isAdd, CompileContext context)
    {
        context.WarnOfUnknown(xml, "Headers", "QueryParams", "FormParams", "Payload", "Verb", "Version", "Path", "StatusCode", "ReasonPhrase");
        _isAdd = isAdd;
        _headers = Values(xml.Child("Headers"), "Header", context);
        _query = Values(xml.Child("QueryParams"), "QueryParam", context);
        _form = Values(xml.Child("FormParams"), "FormParam", context);
        if (xml.Child("Payload") is { } payload && !isAdd)
        {
            var (open, close) = (payload.Attribute("variablePrefix") ?? "{", payload.Attribute("variableSuffix") ?? "}");
            _payload = Template.Parse(payload.InnerText.Trim(), payload.Spot, context.Faults, open, close);
            _contentType = payload.Attribute("contentType");
        }
        Template? One(string name) => xml.Child(name) is { Text: { } text } child && !isAdd ? context.Template(text, child.Spot) : null;
        (_verb, _version, _path, _status, _reason) = (One("Verb"), One("Version"), One("Path"), One("StatusCode"), One("ReasonPhrase"));
    }

    internal override MessageActions.Problem? Apply(FlowContext flow, Message message)
    {
        string? unresolved = null;
        foreach (var (name, value) in _headers)
        {
            if (_isAdd)
                message.Headers.Add(name, Fill(value));
            else
                message.Headers.Set(name, Fill(value));
        }
        if (_query.Length > 0 && message.IsRequest)
            Put(_query, message.ChangeQuery());
        if (_form.Length > 0)
        {
            if (!message.IsForm)
                message.Headers.Set("Content-Type", "application/x-www-form-urlencoded");
            Put(_form, message.ChangeForm());
        }
        if (_payload is not null)
        {
            var text = Fill(_payload);
            if (_contentType is not null)
                message.Headers.Set("Content-Type", _contentType);
            message.Content = text;
        }
        if (message.IsRequest)
        {
            if (_verb is not null && Fill(_verb) is { Length: > 0 } verb)
                message.Verb = verb;
            if (_path is not null)
                message.Path = Fill(_path);
        }
        else
        {
            if (_status is not null && int.TryParse(Fill(_status), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 999)
                (message.Status, message.Reason) = (status, null);
            if (_reason is not null)
                message.Reason = Fill(_reason);
        }
        return Unresolved(unresolved);

        string Fill(Template template)
        {
            var text = template.Fill(flow, out var missing);
            unresolved ??= missing;
            return text;
        }

        void Put((string Name, Template Value)[] items, NamedValues values)
        {
            foreach (var (name, value) in items)
            {
                if (_isAdd)
                    values.Add(name, Fill(value));
                else
                    values.Set(name, Fill(value));
            }
        }
    }

    private static (string, Template)[] Values(BundleElement? container, string child, CompileContext context) =>
        [.. (container?.All(child) ?? []).Where(one => one.Attribute("name") is not null).Select(one => (one.Attribute("name")!, context.Template(Template.WithoutQuotes(one.Text ?? ""), one.Spot)))];
}

/// <summary>Gives a variable a value: a template, else another variable's, else a text.</summary>
internal sealed class AssignVariableAction : MessageAction
{
    private readonly VariableRef? _name;
    private readonly VariableRef? _ref;
    private readonly string? _value;
    private readonly Template? _template;
    private readonly VariableRef? _templateRef;

    internal AssignVariableAction(BundleElement xml, CompileContext context)
    {
        context.WarnOfUnknown(xml, "Name", "Ref", "Value", "Template", "PropertySetRef", "ResourceURL");
        if (xml.ChildText("Name") is { } name)
            _name = VariableRef.Of(name);
        else
            context.Fault("InvalidVariableName", "AssignVariable has no Name", xml.Spot);
        _ref = (xml.ChildText("Ref") ?? (xml.ChildText("PropertySetRef") is { } set ? "propertyset." + set : null)) is { } source ? VariableRef.Of(source) : null;
        _value = xml.Child("Value") is { } value ? value.InnerText.Trim() : Resource(xml.Child("ResourceURL"), context);
        if (xml.Child("Template") is { } template)
        {
            _templateRef = template.Ref() is { } other ? VariableRef.Of(other) : null;
            _template = template.Text is null ? null : context.Template(template.InnerText.Trim(), template.Spot);
        }
    }

    internal override MessageActions.Problem? Apply(FlowContext flow, Message message)
    {
        if (_name is null)
            return null;
        string? unresolved = null;
        object? value;
        if (_templateRef?.GetText(flow) is { } text)
            value = Template.Parse(text, default, new BundleFaults()).Fill(flow, out unresolved);
        else if (_template is not null)
            value = _template.Fill(flow, out unresolved);
        else
        {
            value = _ref?.Get(flow) ?? _value;
            if (value is null && _ref is not null)
                return Unresolved(_ref.Name);
        }
        if (unresolved is not null && string.IsNullOrEmpty(value as string) && _value is not null)
            (value, unresolved) = (_value, null);
        return _name.TrySet(flow, value) ? Unresolved(unresolved) : new MessageActions.Problem.NotWritable(_name.Name);
    }

    private static string? Resource(BundleElement? url, CompileContext context)
    {
        if (url?.Text is not { } text)
            return null;
        if (context.Bundle.Resources.TryGetValue(text, out var resource))
            return System.Text.Encoding.UTF8.GetString(resource.Content);
        context.Fault("NoResourceForURL", $"There is no resource {text}", url.Spot);
        return null;
    }
}
