using System.Globalization;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Variables;

/// <summary>A property of a message, such as <c>request.header.host</c> or <c>calloutResponse.content</c> (contract gateway.md 5.2).</summary>
internal sealed class MessageVariable : VariableRef
{
    private enum Root { Request, Response, Error, Message, Own }

    private static readonly string[] Properties =
    [
        "content", "header.", "headers.count", "headers.names", "headers.names.string", "queryparam.", "queryparams.count", "queryparams.names", "queryparams.names.string",
        "querystring", "formparam.", "formparams.count", "formparams.names", "formparams.names.string", "formstring", "verb", "version", "path", "uri", "url",
        "status.code", "reason.phrase", "transport.message", "transportid",
    ];

    private readonly Root _root;
    private readonly string _rootName;
    private readonly string _property;
    private readonly string _argument;
    private readonly string _part;
    private readonly int _number;

    private MessageVariable(string name, string root, string property) : base(name)
    {
        _rootName = root;
        _root = root switch { "request" => Root.Request, "response" => Root.Response, "error" => Root.Error, "message" => Root.Message, _ => Root.Own };
        (_property, _argument, _part) = (property, "", "");
        foreach (var family in (ReadOnlySpan<string>)["header.", "queryparam.", "formparam."])
        {
            if (!property.StartsWith(family, StringComparison.Ordinal))
                continue;
            (_property, _argument) = (family, property[family.Length..]);
            foreach (var part in (ReadOnlySpan<string>)[".values.count", ".values.string", ".values"])
            {
                if (_argument.Length > part.Length && _argument.EndsWith(part, StringComparison.Ordinal))
                {
                    (_argument, _part) = (_argument[..^part.Length], part);
                    break;
                }
            }
            var dot = _argument.LastIndexOf('.');
            if (_part.Length == 0 && dot > 0 && int.TryParse(_argument.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _number))
                _argument = _argument[..dot];
        }
    }

    internal override bool ReadsResponse => _root == Root.Response || (_root == Root.Message && _property == "status.code");

    /// <summary>The variable when the name is a message, or a property of one; else null.</summary>
    internal static MessageVariable? Find(string name)
    {
        if (name is "request" or "response" or "error" or "message")
            return new MessageVariable(name, name, "");
        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = name.IndexOf('.', dot + 1))
        {
            var property = name[(dot + 1)..];
            if (Array.Exists(Properties, one => one.EndsWith('.') ? property.StartsWith(one, StringComparison.Ordinal) && property.Length > one.Length : property == one))
                return new MessageVariable(name, name[..dot], property);
        }
        return null;
    }

    protected override object? Read(FlowContext flow)
    {
        // A policy may have set a variable that only looks like a property, such as jwt.x.header.alg.
        if (_root == Root.Own && flow.FindOwn(Name) is { } own)
            return own is LateText late ? late.ToString() : own;
        if (FindMessage(flow) is not { } message)
            return null;
        return _property switch
        {
            "" => message,
            "content" => message.Content,
            "header." => Header(message),
            "headers.count" => ValueText.Box(message.Headers.Fields.Length),
            "headers.names" => HeaderNames(message),
            "headers.names.string" => string.Join(",", HeaderNames(message)),
            "queryparam." => Parameter(message.Query),
            "queryparams.count" => ValueText.Box(message.Query.Items.Count),
            "queryparams.names" => Names(message.Query),
            "queryparams.names.string" => string.Join(",", Names(message.Query)),
            "querystring" => message.QueryString,
            "formparam." => Parameter(message.Form),
            "formparams.count" => ValueText.Box(message.Form.Items.Count),
            "formparams.names" => Names(message.Form),
            "formparams.names.string" => string.Join(",", Names(message.Form)),
            "formstring" => message.IsForm ? message.Content : null,
            "verb" => message.IsRequest ? message.Verb : null,
            "version" => message.Version,
            "path" => message.IsRequest ? message.Path : null,
            "uri" => Uri(flow, message),
            "url" => Url(flow, message),
            "status.code" => message.IsRequest ? null : ValueText.Box(message.Status),
            "reason.phrase" => message.IsRequest ? null : message.Reason ?? Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(message.Status),
            _ => null,
        };
    }

    protected override bool Write(FlowContext flow, object? value)
    {
        if (_property.Length == 0)
            return SetMessage(flow, value);
        if (FindMessage(flow) is not { } message)
            return _root == Root.Own && flow.SetOwn(Name, value);
        var text = value is null ? null : ValueText.Of(value);
        switch (_property)
        {
            case "content":
                message.Content = text ?? "";
                return true;
            case "header." when _part.Length == 0:
                SetHeader(message, value, text);
                return true;
            case "queryparam." when _part.Length == 0:
                SetParameter(message.ChangeQuery(), text);
                return true;
            case "formparam." when _part.Length == 0:
                SetParameter(message.ChangeForm(), text);
                return true;
            case "querystring":
                message.QueryString = text ?? "";
                return true;
            case "verb" when message.IsRequest && text is { Length: > 0 }:
                message.Verb = text;
                return true;
            case "path" when message.IsRequest && text is not null:
                message.Path = text;
                return true;
            case "uri" when message.IsRequest && text is not null:
                SetUri(message, text);
                return true;
            case "status.code" when !message.IsRequest && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 999:
                message.Status = status;
                return true;
            case "reason.phrase" when !message.IsRequest:
                message.Reason = text;
                return true;
            case "version":
                return true;
            default:
                return false;
        }
    }

    // Fragments of cache keys are mostly one parameter: its value is appended from where it stands in the query.
    internal override bool TryAppend(FlowContext flow, TextBuffer buffer)
    {
        if (flow.Trace is not null)
            return base.TryAppend(flow, buffer);
        if (_root == Root.Request && _property == "queryparam." && _part.Length == 0 && _number == 0)
            return TryAppendParameter(flow.Request.QuerySpan, buffer);
        if (_root == Root.Request && _property == "uri" && flow.TargetUri is null)
        {
            buffer.Append(flow.Request.Path);
            if (flow.Request.QuerySpan is { IsEmpty: false } query)
            {
                buffer.Append('?');
                buffer.Append(query);
            }
            return true;
        }
        return base.TryAppend(flow, buffer);
    }

    private bool TryAppendParameter(ReadOnlySpan<char> query, TextBuffer buffer)
    {
        if (query.Contains('%') || query.Contains('+'))
            return TryAppendDecoded(query, buffer);
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            if (!pair.StartsWith(_argument, StringComparison.Ordinal))
                continue;
            if (pair.Length == _argument.Length)
                return true;
            if (pair[_argument.Length] != '=')
                continue;
            buffer.Append(pair[(_argument.Length + 1)..]);
            return true;
        }
        return false;
    }

    private bool TryAppendDecoded(ReadOnlySpan<char> query, TextBuffer buffer)
    {
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            var equals = pair.IndexOf('=');
            if (pair.IsEmpty || NamedValues.Decode(equals < 0 ? pair : pair[..equals]) != _argument)
                continue;
            buffer.Append(equals < 0 ? "" : NamedValues.Decode(pair[(equals + 1)..]));
            return true;
        }
        return false;
    }

    private Message? FindMessage(FlowContext flow) => _root switch
    {
        Root.Request => flow.Request,
        // There is no response before the target has answered, and none in the error state.
        Root.Response => flow.Direction == Direction.Response || flow.Answer != Answer.None ? flow.Response : null,
        Root.Error => flow.Direction == Direction.Error ? flow.Error : null,
        Root.Message => flow.Current,
        _ => flow.FindOwn(_rootName) as Message,
    };

    private bool SetMessage(FlowContext flow, object? value)
    {
        if (_root == Root.Own)
            return flow.SetOwn(Name, value);
        if (value is not Message other || FindMessage(flow) is not { } message || other.IsRequest != message.IsRequest)
            return false;
        if (!ReferenceEquals(message, other))
            message.CopyFrom(other);
        return true;
    }

    private object? Header(Message message)
    {
        if (_part.Length == 0 && _number == 0)
            return message.HeaderValue(_argument);
        var lines = message.Headers.All(_argument);
        if (lines.Count == 0)
            return null;
        if (_part == ".values.string")
            return string.Join(",", lines);
        var parts = new List<string>();
        foreach (var line in lines)
        {
            if (HeaderText.IsList(_argument))
                HeaderText.Split(line, parts);
            else
                parts.Add(line);
        }
        return Of(parts);
    }

    private object? Parameter(NamedValues values)
    {
        if (_part.Length == 0 && _number == 0)
            return values.First(_argument);
        var all = values.All(_argument);
        return all.Count == 0 ? null : _part == ".values.string" ? string.Join(",", all) : Of(all);
    }

    private object? Of(IReadOnlyList<string> parts) => _part switch
    {
        ".values" => parts,
        ".values.count" => ValueText.Box(parts.Count),
        _ => _number >= 1 && _number <= parts.Count ? parts[_number - 1] : null,
    };

    private void SetHeader(Message message, object? value, string? text)
    {
        if (text is null)
            message.Headers.Remove(_argument, _number == 0 ? null : _number);
        else if (_number > 0)
            SetNumbered(message, text);
        else if (value is IReadOnlyList<string> list)
        {
            message.Headers.Remove(_argument);
            foreach (var one in list)
                message.Headers.Add(_argument, one);
        }
        else
            message.Headers.Set(_argument, text);
    }

    private void SetNumbered(Message message, string text)
    {
        var lines = message.Headers.All(_argument).ToList();
        if (_number <= lines.Count)
            lines[_number - 1] = text;
        else
            lines.Add(text);
        message.Headers.Remove(_argument);
        foreach (var line in lines)
            message.Headers.Add(_argument, line);
    }

    private void SetParameter(NamedValues values, string? text)
    {
        if (text is null)
            values.Remove(_argument, _number == 0 ? null : _number);
        else if (_number > values.All(_argument).Count)
            values.Add(_argument, text);
        else
            values.Set(_argument, text);
    }

    private static void SetUri(Message message, string text)
    {
        var question = text.IndexOf('?', StringComparison.Ordinal);
        message.Path = question < 0 ? text : text[..question];
        message.QueryString = question < 0 ? "" : text[(question + 1)..];
    }

    private static string? Uri(FlowContext flow, Message message) => !message.IsRequest ? null
        : ReferenceEquals(message, flow.Request) && flow.TargetUri is { } target ? target.PathAndQuery
        : message.QueryString.Length == 0 ? message.Path : $"{message.Path}?{message.QueryString}";

    private static string? Url(FlowContext flow, Message message) =>
        ReferenceEquals(message, flow.Request) ? flow.TargetUri?.OriginalString : null;

    private static List<string> HeaderNames(Message message)
    {
        var names = new List<string>();
        foreach (ref readonly var field in message.Headers.Fields)
        {
            if (!names.Contains(field.Name, StringComparer.OrdinalIgnoreCase))
                names.Add(field.Name);
        }
        return names;
    }

    private static List<string> Names(NamedValues values) => [.. values.Items.Select(item => item.Name).Distinct(StringComparer.Ordinal)];
}
