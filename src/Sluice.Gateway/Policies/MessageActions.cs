using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Policies;

/// <summary>Copy, Remove, Add, Set and AssignVariable: what AssignMessage, RaiseFault and ServiceCallout do with a message, in the order of their XML (contract gateway.md 7).</summary>
internal sealed class MessageActions
{
    private readonly MessageAction[] _actions;

    private MessageActions(MessageAction[] actions) => _actions = actions;

    /// <summary>What is wrong with a variable that has no value, or cannot be written.</summary>
    internal abstract record Problem
    {
        internal sealed record Unresolved(string Variable) : Problem;

        internal sealed record NotWritable(string Variable) : Problem;

        internal sealed record NoMessage(string Variable) : Problem;
    }

    /// <summary>Reads the actions that stand in an element.</summary>
    internal static MessageActions Read(BundleElement parent, CompileContext context)
    {
        var actions = new List<MessageAction>();
        foreach (var child in parent.Children)
        {
            switch (child.Name)
            {
                case "Copy":
                    actions.Add(new CopyAction(child, context));
                    break;
                case "Remove":
                    actions.Add(new RemoveAction(child));
                    break;
                case "Add":
                case "Set":
                    actions.Add(new SetAction(child, isAdd: child.Name == "Add", context));
                    break;
                case "AssignVariable":
                    actions.Add(new AssignVariableAction(child, context));
                    break;
            }
        }
        return new MessageActions([.. actions]);
    }

    /// <summary>Does them all; returns the first problem, after which nothing more is done.</summary>
    internal Problem? Apply(FlowContext flow, Message message, bool ignoresUnresolved)
    {
        foreach (var action in _actions)
        {
            if (action.Apply(flow, message) is { } problem && !(ignoresUnresolved && problem is Problem.Unresolved))
                return problem;
        }
        return null;
    }
}

/// <summary>One action on a message.</summary>
internal abstract class MessageAction
{
    internal abstract MessageActions.Problem? Apply(FlowContext flow, Message message);

    protected static MessageActions.Problem? Unresolved(string? name) => name is null ? null : new MessageActions.Problem.Unresolved(name);
}

/// <summary>Takes headers, parameters, body and line of another message.</summary>
internal sealed class CopyAction : MessageAction
{
    private readonly VariableRef? _source;
    private readonly NameList? _headers;
    private readonly NameList? _query;
    private readonly NameList? _form;
    private readonly bool _payload, _verb, _version, _path, _status, _reason;

    internal CopyAction(BundleElement xml, CompileContext context)
    {
        context.WarnOfUnknown(xml, "Headers", "QueryParams", "FormParams", "Payload", "Verb", "Version", "Path", "StatusCode", "ReasonPhrase");
        _source = xml.Attribute("source") is { } name ? VariableRef.Of(name) : null;
        // Without children, everything is copied.
        var all = !xml.HasChildren;
        _headers = NameList.Read(xml.Child("Headers"), "Header", all);
        _query = NameList.Read(xml.Child("QueryParams"), "QueryParam", all);
        _form = NameList.Read(xml.Child("FormParams"), "FormParam", isAll: false);
        _payload = xml.Flag("Payload", all);
        _verb = xml.Flag("Verb", all);
        _version = xml.Flag("Version", all);
        _path = xml.Flag("Path", all);
        _status = xml.Flag("StatusCode", all);
        _reason = xml.Flag("ReasonPhrase", all);
    }

    internal override MessageActions.Problem? Apply(FlowContext flow, Message message)
    {
        var source = _source is null ? flow.Current : _source.Get(flow) as Message;
        if (source is null)
            return _source!.Get(flow) is null ? Unresolved(_source.Name) : new MessageActions.Problem.NoMessage(_source.Name);
        if (ReferenceEquals(source, message))
            return null;
        if (_headers is not null)
            CopyHeaders(source, message);
        if (_query is not null && source.IsRequest && message.IsRequest)
            Copy(_query, source.Query, message.ChangeQuery());
        if (_form is not null && source.IsForm)
            Copy(_form, source.Form, message.ChangeForm());
        if (_payload)
        {
            message.Body = source.Body;
            message.Stream = source.Stream;
            if (source.Headers.First("Content-Type") is { } type)
                message.Headers.Set("Content-Type", type);
        }
        if (source.IsRequest && message.IsRequest)
        {
            message.Verb = _verb ? source.Verb : message.Verb;
            message.Path = _path ? source.Path : message.Path;
        }
        else if (!source.IsRequest && !message.IsRequest)
        {
            message.Status = _status ? source.Status : message.Status;
            message.Reason = _reason ? source.Reason : message.Reason;
        }
        message.Version = _version ? source.Version : message.Version;
        return null;
    }

    private void CopyHeaders(Message source, Message message)
    {
        if (_headers!.IsAll)
        {
            message.Headers.CopyFrom(source.Headers);
            return;
        }
        foreach (var (name, number) in _headers.Names)
        {
            var lines = source.Headers.All(name);
            message.Headers.Remove(name);
            foreach (var line in number is null ? lines : lines.Skip(number.Value - 1).Take(1))
                message.Headers.Add(name, line);
        }
    }

    private static void Copy(NameList names, NamedValues source, NamedValues target)
    {
        foreach (var (name, value) in source.Items.ToList())
        {
            if (names.IsAll || names.Names.Any(one => one.Name == name))
                target.Add(name, value);
        }
    }
}

/// <summary>Takes headers, parameters or the body out of a message.</summary>
internal sealed class RemoveAction(BundleElement xml) : MessageAction
{
    private readonly NameList? _headers = NameList.Read(xml.Child("Headers"), "Header", isAll: false);
    private readonly NameList? _query = NameList.Read(xml.Child("QueryParams"), "QueryParam", isAll: false);
    private readonly NameList? _form = NameList.Read(xml.Child("FormParams"), "FormParam", isAll: false);
    private readonly bool _payload = xml.Child("Payload") is { } payload && BundleElement.ReadFlag(payload.Text, byDefault: true);

    internal override MessageActions.Problem? Apply(FlowContext flow, Message message)
    {
        if (_headers is { IsAll: true })
            message.Headers.Clear();
        foreach (var (name, number) in _headers?.Names ?? [])
            message.Headers.Remove(name, number);
        if (_query is not null)
            Remove(_query, message.ChangeQuery());
        if (_form is not null && message.IsForm)
            Remove(_form, message.ChangeForm());
        if (_payload)
            message.Body = default;
        return null;
    }

    private static void Remove(NameList names, NamedValues values)
    {
        if (names.IsAll)
            values.Clear();
        foreach (var (name, number) in names.Names)
            values.Remove(name, number);
    }
}

/// <summary>Headers or parameters by name; <c>name.2</c> is the second of that name. None named means all of them.</summary>
internal sealed record NameList(bool IsAll, (string Name, int? Number)[] Names)
{
    internal static NameList? Read(BundleElement? container, string child, bool isAll)
    {
        if (container is null)
            return isAll ? new NameList(true, []) : null;
        (string, int?)[] names = [.. container.All(child).Select(one => one.Attribute("name")).OfType<string>().Select(Split)];
        // <Headers>true</Headers> is written, too.
        return names.Length > 0 ? new NameList(false, names) : BundleElement.ReadFlag(container.Text, byDefault: true) ? new NameList(true, []) : null;
    }

    private static (string, int?) Split(string name)
    {
        var dot = name.LastIndexOf('.');
        return dot > 0 && int.TryParse(name.AsSpan(dot + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number > 0
            ? (name[..dot], number)
            : (name, null);
    }
}
