using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Jint;
using Jint.Native;
using Jint.Native.Function;
using Jint.Runtime;
using Jint.Runtime.Interop;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Scripts;

/// <summary>One run of a script in a flow: an engine of its own, so that nothing of a request is seen by the next, and the gateway's objects in it (contract gateway.md 7).</summary>
internal sealed class ScriptRun
{
    /// <summary>Runs before every script: the one constructor that is easier said in the language itself.</summary>
    internal const string Prelude = "function Request(url, method, headers, body) { this.url = url; this.method = method || 'GET'; this.headers = headers || {}; this.body = body; }";

    private const int MaxStatements = 10_000_000;
    private const int MaxRecursion = 64;
    private const int MaxJsonDepth = 256;

    private readonly FlowContext _flow;
    private readonly string _policy;
    private readonly TimeSpan _limit;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly List<(Message Message, JsValue Json, string Before)> _opened = [];
    private readonly ScriptHttp _http;

    internal ScriptRun(FlowContext flow, string policy, TimeSpan limit)
    {
        (_flow, _policy, _limit) = (flow, policy, limit);
        Engine = new Engine(options => options.LimitRecursion(MaxRecursion).MaxStatements(MaxStatements).TimeoutInterval(limit)
            .Culture(CultureInfo.InvariantCulture).LocalTimeZone(flow.Snapshot.Services.Zone));
        _http = new ScriptHttp(this, flow);
    }

    internal Engine Engine { get; }

    /// <summary>What is left of the time limit.</summary>
    internal TimeSpan Left => _limit - Stopwatch.GetElapsedTime(_started);

    /// <summary>Runs the script; returns why it failed, or null.</summary>
    internal async ValueTask<string?> RunAsync(Script script, IReadOnlyDictionary<string, string> properties)
    {
        var program = script.Rent();
        try
        {
            Prepare(properties);
            Engine.Execute(program);
            await _http.FinishAsync();
            foreach (var (message, json, before) in _opened)
            {
                if (Stringify(json) is var after && after != before)
                    message.Content = after;
            }
            return null;
        }
        catch (JavaScriptException thrown)
        {
            var message = thrown.Message.Length > 0 ? thrown.Message : ScriptValue.Text(thrown.Error);
            return $"Javascript runtime error: \"{message} ({thrown.Location?.Source ?? _policy}:{thrown.LineNumber.ToString(CultureInfo.InvariantCulture)})\"";
        }
        catch (TimeoutException)
        {
            return $"Javascript runtime exceeded limit of {_limit.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}ms";
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The engine has exceptions of its own for its limits, and others where a script does what it did not foresee: none is the program's.
            return $"Javascript runtime error: \"{failure.Message}\"";
        }
        finally
        {
            script.Return(program);
        }
    }

    /// <summary>A message as scripts see it.</summary>
    internal JsValue MessageObject(Message message)
    {
        var shown = new HostObject(Engine)
            .Property("headers", () => Map(() => NamesOf(message), name => message.Headers.All(name) is { Count: > 0 } lines ? string.Join(",", lines) : null,
                (name, value) => { if (value is null) message.Headers.Remove(name); else message.Headers.Set(name, value); }))
            .Property("content", () => Content(message), value => message.Content = ScriptValue.Text(value))
            .Property("body", () => Content(message), value => message.Content = ScriptValue.Text(value));
        if (message.IsRequest)
        {
            shown.Property("queryParams", () => Map(() => message.Query.Items.Select(item => item.Name).Distinct(), message.Query.First, (name, value) => Set(message.ChangeQuery(), name, value)))
                .Property("formParams", () => Map(() => message.Form.Items.Select(item => item.Name).Distinct(), message.Form.First, (name, value) => Set(message.ChangeForm(), name, value)))
                .Property("method", () => new JsValue(message.Verb), value => message.Verb = ScriptValue.Text(value))
                .Property("url", () => ScriptValue.OfText(UrlOf(message)), value => _flow.TargetUrl = ScriptValue.Text(value));
        }
        else
        {
            shown.Property(
                "status",
                () => ScriptValue.BoxedNumber(Engine, message.Status, message.Reason ?? Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(message.Status)),
                value => (message.Status, message.Reason) = (ScriptValue.Status(value) ?? throw new JavaScriptException(Engine.RangeError, "a status is 100 to 999"), null));
        }
        return new JsValue(shown);
    }

    private void Prepare(IReadOnlyDictionary<string, string> properties)
    {
        // Code is what was deployed: text is never run, since reading it is not bounded as deploying is.
        Engine.Global.RemoveOwnProperty("eval");
        Engine.Global.RemoveOwnProperty("Function");
        Engine.Function.PrototypeObject.RemoveOwnProperty("constructor");
        var parse = Engine.Json.Get("parse").As<FunctionInstance>();
        Engine.Json.FastAddProperty("parse", new JsValue(new ClrFunctionInstance(Engine, (self, arguments) =>
        {
            CheckJson(ScriptValue.Text(ScriptValue.At(arguments, 0)));
            return parse.Call(self, arguments);
        })), true, false, true);

        var values = new HostObject(Engine);
        foreach (var (name, value) in properties)
            values.Property(name, () => new JsValue(value));
        Engine.SetValue("properties", new JsValue(values));
        Engine.SetValue("print", new JsValue(new ClrFunctionInstance(Engine, (_, arguments) => Print(arguments))));
        Engine.SetValue("context", Context());
        Engine.SetValue("request", MessageObject(_flow.Request));
        Engine.SetValue("message", MessageObject(_flow.Current));
        Engine.SetValue("response", HasResponse ? MessageObject(_flow.Response) : JsValue.Undefined);
        Engine.SetValue("error", _flow.Direction == Direction.Error ? MessageObject(_flow.Error) : JsValue.Undefined);
        Engine.SetValue("httpClient", _http.Client());
    }

    private bool HasResponse => _flow.Direction == Direction.Response || _flow.Answer != Answer.None;

    private JsValue Context()
    {
        JsValue Response() => HasResponse ? MessageObject(_flow.Response) : JsValue.Undefined;
        return new JsValue(new HostObject(Engine)
            .Function("getVariable", arguments => Variable(ScriptValue.Text(ScriptValue.At(arguments, 0))))
            .Function("setVariable", arguments => SetVariable(ScriptValue.Text(ScriptValue.At(arguments, 0)), ScriptValue.At(arguments, 1)))
            .Function("removeVariable", arguments => SetVariable(ScriptValue.Text(ScriptValue.At(arguments, 0)), JsValue.Null))
            .Property("flow", () => new JsValue(_flow.Direction switch
            {
                Direction.Request => _flow.Endpoint is TargetPlan ? "TARGET_REQ_FLOW" : "PROXY_REQ_FLOW",
                Direction.Response => _flow.Endpoint is TargetPlan ? "TARGET_RESP_FLOW" : "PROXY_RESP_FLOW",
                _ => "ERROR_FLOW",
            }))
            .Property("session", () => new JsValue(new HostMap(Engine, () => [], name => SessionValue(name), (name, value) => SetSession(name, value))))
            .Property("proxyRequest", () => MessageObject(_flow.Request))
            .Property("targetRequest", () => MessageObject(_flow.Request))
            .Property("proxyResponse", Response)
            .Property("targetResponse", Response));
    }

    private JsValue Variable(string name) => VariableRef.Of(name).Get(_flow) is var value && value is Message message ? MessageObject(message) : ScriptValue.Of(value);

    private JsValue SetVariable(string name, JsValue value) => VariableRef.Of(name).TrySet(_flow, ScriptValue.Read(value)) ? JsValue.Undefined
        : throw new JavaScriptException(Engine.TypeError, $"the variable {name} cannot be set");

    // Lives as long as the flow; objects are kept as what they say, since each run has an engine of its own.
    private JsValue SessionValue(string name) => _flow.FindOwn("context.session." + name) switch
    {
        null => JsValue.Undefined,
        SessionJson json => ParseJson(json.Text),
        var value => ScriptValue.Of(value),
    };

    private void SetSession(string name, JsValue? value) =>
        _flow.SetOwn("context.session." + name, value is null ? null : value.IsObject() ? new SessionJson(Stringify(value)) : ScriptValue.Read(value));

    private JsValue Content(Message message)
    {
        var text = message.Content;
        var content = ScriptValue.Boxed(Engine, text);
        JsValue? json = null;
        content.AsObject().DefineOwnProperty("asJSON", new Jint.Runtime.Descriptors.PropertyDescriptor(
            new JsValue(new ClrFunctionInstance(Engine, (_, _) => json ??= Open(message, text))), JsValue.Undefined, false, true), false);
        return content;
    }

    // What a script changes in it is the message's when the script is over.
    private JsValue Open(Message message, string text)
    {
        foreach (var (opened, json, _) in _opened)
        {
            if (ReferenceEquals(opened, message))
                return json;
        }
        var made = ParseJson(text);
        _opened.Add((message, made, Stringify(made)));
        return made;
    }

    private JsValue ParseJson(string text) => Engine.Json.Get("parse").As<FunctionInstance>().Call(JsValue.Undefined, [new JsValue(text)]);

    private string Stringify(JsValue value) => ScriptValue.Text(Engine.Json.Get("stringify").As<FunctionInstance>().Call(JsValue.Undefined, [value]));

    // The engine's own reader recurses without a bound, and what it reads comes from clients.
    private void CheckJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxJsonDepth });
        }
        catch (JsonException wrong)
        {
            throw new JavaScriptException(Engine.SyntaxError, wrong.Message);
        }
    }

    private JsValue Print(JsValue[] arguments)
    {
        const int MaxCharacters = 10_000;
        var log = _flow.Snapshot.Services.Log;
        var text = string.Join(' ', arguments.Select(ScriptValue.Text));
        log.ScriptPrint(_flow.Proxy.Name, _policy, text.Length > MaxCharacters ? text[..MaxCharacters] : text);
        return JsValue.Undefined;
    }

    private string? UrlOf(Message message) => ReferenceEquals(message, _flow.Request)
        ? _flow.TargetUrl ?? VariableRef.Of("proxy.url").GetText(_flow)
        : message.Path;

    private JsValue Map(Func<IEnumerable<string>> names, Func<string, string?> get, Action<string, string?> set) =>
        new(new HostMap(Engine, names, name => ScriptValue.OfText(get(name)), (name, value) => set(name, value is null ? null : ScriptValue.Text(value))));

    private static List<string> NamesOf(Message message)
    {
        var names = new List<string>();
        foreach (ref readonly var field in message.Headers.Fields)
        {
            if (!names.Contains(field.Name, StringComparer.OrdinalIgnoreCase))
                names.Add(field.Name);
        }
        return names;
    }

    private static void Set(NamedValues values, string name, string? value)
    {
        if (value is null)
            values.Remove(name);
        else
            values.Set(name, value);
    }

    /// <summary>An object that a script put into the session, as JSON.</summary>
    private sealed record SessionJson(string Text);
}
