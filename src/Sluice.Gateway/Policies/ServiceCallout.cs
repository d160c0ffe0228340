using System.Globalization;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;
using Sluice.Gateway.Targets;
using Sluice.Gateway.Templates;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Policies;

/// <summary>Asks another service beside the target, with a request of its own, and keeps the answer in a variable (contract gateway.md 7).</summary>
internal sealed class ServiceCallout : Policy
{
    private readonly MessageActions? _actions;
    private readonly VariableRef? _request;
    private readonly bool _clearsPayload;
    private readonly bool _ignoresUnresolved;
    private readonly VariableRef? _response;
    private readonly Template? _url;
    private readonly HttpTarget? _http;
    private readonly LocalTarget? _local;

    internal ServiceCallout(PolicyElement source, CompileContext context) : base(source)
    {
        var xml = source.Xml;
        context.WarnOfUnknown(xml, "Request", "Response", "Timeout", "HTTPTargetConnection", "LocalTargetConnection");
        if (xml.Child("Request") is { } request)
        {
            context.WarnOfUnknown(request, "Copy", "Remove", "Add", "Set", "AssignVariable", "IgnoreUnresolvedVariables");
            _actions = MessageActions.Read(request, context);
            _request = request.Attribute("variable") is { } variable ? VariableRef.Of(variable) : null;
            _clearsPayload = request.FlagAttribute("clearPayload", byDefault: true);
            _ignoresUnresolved = request.Flag("IgnoreUnresolvedVariables", byDefault: false);
        }
        _response = xml.ChildText("Response") is { } name ? VariableRef.Of(name) : null;
        var timeout = Timeout(xml, context);
        if (xml.Child("LocalTargetConnection") is { } local)
            _local = LocalTarget.Compile(local, context);
        else if (xml.Child("HTTPTargetConnection") is { } http)
            (_http, _url) = Http(http, timeout, context);
        else
            context.Fault("ConnectionInfoMissing", $"Connection information is missing in Step {Name}", xml.Spot);
    }

    internal override string? FailedPrefix => "servicecallout";

    internal override async ValueTask<Fault?> RunAsync(FlowContext flow)
    {
        // :: 1. the request: a new one, or a message that was made before
        var known = _request?.Get(flow);
        if (known is not null and not Message)
            return new Fault("steps.servicecallout.RequestVariableNotMessageType", $"ServiceCallout[{Name}]: request variable {_request!.Name} value is not of type Message");
        if (known is Message { IsRequest: false })
            return new Fault("steps.servicecallout.RequestVariableNotRequestMessageType", $"ServiceCallout[{Name}]: request variable {_request!.Name} value is not of type Request Message");
        var request = known is Message made ? Own(flow, made) : flow.NewMessage(isRequest: true);
        if (known is null)
            _request?.TrySet(flow, request);
        if (_actions?.Apply(flow, request, _ignoresUnresolved) is { } problem)
            return Failed(ReasonOf(problem));

        // :: 2. the call
        if (_url is not null)
            flow.SetOwn($"servicecallout.{Name}.target.url", _url.Fill(flow));
        flow.SetOwn("servicecallout.requesturi", request.QueryString.Length > 0 ? $"{request.Path}?{request.QueryString}" : request.Path);
        if (_response is null && _http is not null)
            return _http.SendAndForget(flow, request) is { } unsent ? Failed(unsent.Text) : null;
        var response = flow.NewMessage(isRequest: false);
        var exchange = new Exchange(request, response);
        var fault = _local is not null ? await _local.SendAsync(flow, exchange) : await _http!.SendAsync(flow, exchange);
        if (_clearsPayload && known is Message sent)
            sent.Body = default;
        if (_response is null)
            return null;

        // :: 3. the answer; one that is no success is kept, too
        if (fault is not null)
            return Failed(fault.Text);
        if (!_response.TrySet(flow, response))
            return Failed($"the response cannot be kept in {_response.Name}");
        var isSuccess = _http?.IsSuccess(response.Status) ?? _local!.IsSuccess(response.Status);
        return isSuccess ? null : Failed($"ResponseCode {response.Status.ToString(CultureInfo.InvariantCulture)} is treated as error");
    }

    // The client's request has the path it came with, which is not the service's.
    private static Message Own(FlowContext flow, Message known)
    {
        if (!ReferenceEquals(known, flow.Request))
            return known;
        var copy = flow.NewMessage(isRequest: true);
        copy.CopyFrom(known);
        (copy.Path, copy.QueryString) = ("", "");
        return copy;
    }

    private static TimeSpan? Timeout(BundleElement xml, CompileContext context)
    {
        if (xml.Child("Timeout") is not { Text: { } text } element)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms > 0)
            return TimeSpan.FromMilliseconds(ms);
        context.Fault("InvalidTimeoutValue", $"Timeout {text} in Step {xml.Attribute("name")} is no number of milliseconds greater than zero", element.Spot);
        return null;
    }

    private (HttpTarget?, Template?) Http(BundleElement http, TimeSpan? timeout, CompileContext context)
    {
        var url = http.Child("URL");
        if (url?.Text is null && http.Child("LoadBalancer") is null)
        {
            context.Fault("URLMissing", $"URL is missing in Step {Name}", (url ?? http).Spot);
            return default;
        }
        if (url?.Text is { } text && !text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && !text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            context.Fault("InvalidURL", $"The URL in Step {Name} begins with http:// or https://; only what follows may be variables", url.Spot);
            return default;
        }
        return (HttpTarget.Compile(Name, http, context, timeout), url?.Text is { } address ? context.Template(address, url.Spot) : null);
    }

    private static string ReasonOf(MessageActions.Problem problem) => problem switch
    {
        MessageActions.Problem.Unresolved one => $"unable to resolve variable {one.Variable}",
        MessageActions.Problem.NoMessage one => $"value of variable {one.Variable} is not of type Message",
        MessageActions.Problem.NotWritable one => $"failed to set variable {one.Variable}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private Fault Failed(string reason) => new("steps.servicecallout.ExecutionFailed", $"Execution of ServiceCallout {Name} failed. Reason: {reason}");
}
