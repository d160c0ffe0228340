using Jint.Native;
using Jint.Native.Function;
using Jint.Runtime;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;
using Sluice.Gateway.Targets;

namespace Sluice.Gateway.Scripts;

/// <summary><c>httpClient</c> of one run (contract gateway.md 7).</summary>
/// <remarks>
/// A flow is one thread's at a time, so a request is sent when its script waits for it, or when the script is over: with a callback it is waited for then,
/// without one nobody waits.
/// </remarks>
internal sealed class ScriptHttp(ScriptRun run, FlowContext flow)
{
    private const int MostRequests = 50;

    private readonly List<Exchanged> _exchanges = [];

    /// <summary>The global object.</summary>
    internal JsValue Client() => new(new HostObject(run.Engine)
        .Function("get", arguments => Begin(ScriptValue.Text(ScriptValue.At(arguments, 0)), null, Array.Find(arguments, one => one.Is<FunctionInstance>())))
        .Function("send", arguments => ScriptValue.At(arguments, 0) is var first && first.IsObject() && !first.IsString() && first.AsObject().HasProperty("url")
            ? Begin(ScriptValue.Text(first.AsObject().Get("url")), first, Array.Find(arguments, one => one.Is<FunctionInstance>()))
            : Begin(ScriptValue.Text(first), null, Array.Find(arguments, one => one.Is<FunctionInstance>()))));

    /// <summary>Sends what no script waited for.</summary>
    internal async ValueTask FinishAsync()
    {
        for (var index = 0; index < _exchanges.Count; index++) // callbacks may begin more
        {
            var one = _exchanges[index];
            if (one.Callback is null && !one.IsDone)
                flow.Snapshot.Services.Targets.TrySendAndForget(flow, one.Request, new TargetDestination(one.Address), Settings());
            if (one.Callback is not { } callback)
                continue;
            if (!one.IsDone)
                await SendAsync(one);
            callback.As<FunctionInstance>().Call(JsValue.Undefined, [one.Fault is null ? run.MessageObject(one.Response) : JsValue.Undefined, ScriptValue.OfText(one.Fault?.Text)]);
        }
    }

    private JsValue Begin(string url, JsValue? from, JsValue? callback)
    {
        if (_exchanges.Count == MostRequests)
            throw new JavaScriptException(run.Engine.RangeError, $"a script sends {MostRequests} requests at most");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new JavaScriptException(run.Engine.TypeError, $"'{url}' is no http or https address");
        var request = flow.NewMessage(isRequest: true);
        if (from is not null)
            Fill(request, from.AsObject());
        var one = new Exchanged(request, flow.NewMessage(isRequest: false), address, callback);
        _exchanges.Add(one);
        return new JsValue(new HostObject(run.Engine)
            .Function("waitForComplete", _ => Wait(one))
            .Function("isComplete", _ => one.IsDone ? JsValue.True : JsValue.False)
            .Function("isSuccess", _ => Waited(one).Fault is null ? JsValue.True : JsValue.False)
            .Function("isError", _ => Waited(one).Fault is null ? JsValue.False : JsValue.True)
            .Function("getResponse", _ => Waited(one).Fault is null ? run.MessageObject(one.Response) : JsValue.Null)
            .Function("getError", _ => Waited(one).Fault is { } fault ? new JsValue(fault.Text) : JsValue.Null));
    }

    private static void Fill(Message request, Jint.Native.Object.ObjectInstance from)
    {
        if (ScriptValue.Text(from.Get("method")) is { Length: > 0 } method)
            request.Verb = method.ToUpperInvariant();
        if (from.Get("headers") is var headers && headers.IsObject())
        {
            foreach (var (name, property) in headers.AsObject().GetOwnProperties())
                request.Headers.Set(name, ScriptValue.Text(property.Value ?? headers.AsObject().Get(name)));
        }
        if (ScriptValue.Text(from.Get("body")) is { Length: > 0 } body)
            request.Content = body;
    }

    private JsValue Wait(Exchanged one)
    {
        Waited(one);
        return JsValue.Undefined;
    }

    // Scripts have no way to give up their thread in between; the time limit bounds how long it is held.
    private Exchanged Waited(Exchanged one)
    {
        if (one.IsDone)
            return one;
        using var done = new ManualResetEventSlim();
        Exception? failure = null;
        _ = Task.Run(async () =>
        {
            try
            {
                await SendAsync(one);
            }
            catch (Exception wrong)
            {
                failure = wrong;
            }
            finally
            {
                done.Set();
            }
        }, CancellationToken.None); // ends by the flow's own token, and by the time limit
        done.Wait(CancellationToken.None);
        return failure is null ? one : throw failure;
    }

    private async Task SendAsync(Exchanged one)
    {
        one.Fault = await flow.Snapshot.Services.Targets.SendAsync(flow, new Exchange(one.Request, one.Response), new TargetDestination(one.Address), Settings());
        one.IsDone = true;
    }

    private TargetSettings Settings() => run.Left is var left && left > TimeSpan.Zero ? TargetSettings.Default with { IoTimeout = left } : throw new TimeoutException();

    private sealed class Exchanged(Message request, Message response, Uri address, JsValue? callback)
    {
        internal Message Request => request;

        internal Message Response => response;

        internal Uri Address => address;

        internal JsValue? Callback => callback;

        internal Fault? Fault { get; set; }

        internal bool IsDone { get; set; }
    }
}
