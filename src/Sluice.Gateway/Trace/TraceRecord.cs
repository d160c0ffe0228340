using System.Globalization;
using System.Text;
using Sluice.Gateway.Conditions;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Trace;

/// <summary>What happened to one watched request, in the order in which it began.</summary>
/// <remarks>Threading: written by the flow, read by who looks at the session, also before the flow has ended. Bounded by <paramref name="budget"/>: what goes beyond is left out, and said.</remarks>
internal sealed class TraceRecord(string id, FlowContext flow, long budget)
{
    internal const int MaxValueCharacters = 2_048;
    internal const int MaxBodyCharacters = 10_240;
    private const int MaxPoints = 5_000;
    private const int CostOfOne = 96; // bytes beside the text, about

    private readonly Lock _gate = new();
    private readonly List<TracePoint> _points = [];
    private readonly Stack<TracePoint> _open = [];
    private readonly TraceMask _mask = new();
    private readonly TimeProvider _clock = flow.Clock;
    private readonly long _startedAt = flow.Clock.GetTimestamp();

    /// <summary>The request's message id.</summary>
    internal string Id => id;

    internal string Proxy { get; } = flow.Proxy.Name;

    internal int Revision { get; } = flow.Proxy.Revision;

    internal string Verb { get; } = flow.Request.Verb;

    internal long StartedMs { get; } = flow.Times.ClientReceivedStart;

    /// <summary>The status of the answer; 0 before there is one.</summary>
    internal int Status { get; private set; }

    internal long ElapsedMicroseconds { get; private set; }

    internal bool IsComplete { get; private set; }

    /// <summary>Whether something was left out because the record had become too large.</summary>
    internal bool IsTruncated { get; private set; }

    /// <summary>Bytes it takes in memory, about.</summary>
    internal long Size { get; private set; }

    private string? _uri;

    /// <summary>Notes the client's request, and hides what is secret in it.</summary>
    internal void Came(FlowContext flow)
    {
        lock (_gate)
        {
            var request = flow.Request;
            _mask.HideSecretsOf(request.Headers.Fields.ToArray(), request.QueryString, BodyOf(request));
            _uri = Text(flow.ClientUri);
            Show("REQ_HEADERS_PARSED", request, "RequestMessage", flow.ClientUri);
        }
    }

    /// <summary>Asks a condition, and notes what it read and what came of it.</summary>
    internal bool Ask(FlowContext flow, Condition condition)
    {
        Begin("Condition", point => point.Tell("Expression", Text(condition.Text)));
        var holds = condition.IsTrue(flow);
        End(point => point.Tell("ExpressionResult", holds ? "true" : "false"));
        return holds;
    }

    /// <summary>A step that does not run.</summary>
    internal void Skipped(FlowContext flow, Step step)
    {
        Begin("Execution", point => Describe(point, flow, step));
        End(point => point.Tell("sluice.skipped", step.Policy.IsEnabled ? "its condition is false" : "it is disabled"));
    }

    /// <summary>A step begins.</summary>
    internal void Enter(FlowContext flow, Step step) => Begin("Execution", point => Describe(point, flow, step));

    /// <summary>The step that began last has ended.</summary>
    internal void Leave(Fault? fault) => End(point =>
    {
        point.Tell("result", fault is null ? "true" : "false");
        if (fault is not null)
            point.Tell("error", Text($"{fault.Code}: {fault.Text}"));
    });

    /// <summary>Says something about the step that runs, such as which key its cache was asked for.</summary>
    internal void Tell(string name, string value)
    {
        lock (_gate)
        {
            if (_open.TryPeek(out var point))
                point.Tell(name, Text(value));
        }
    }

    /// <summary>Keeps a value out of the record, wherever it turns up.</summary>
    internal void Hide(string? value)
    {
        lock (_gate)
            _mask.Hide(value);
    }

    internal void Read(string name, object? value) => Note(isWrite: false, name, value, isDone: true);

    internal void Wrote(string name, object? value, bool isDone) => Note(isWrite: true, name, value, isDone);

    /// <summary>The request goes to the target.</summary>
    internal void Asks(FlowContext flow)
    {
        lock (_gate)
            Show("REQ_SENT", flow.Request, "RequestMessage", null);
        Begin("StateChange", point => point.Tell("To", "TARGET"));
    }

    /// <summary>The target has answered, or has not.</summary>
    internal void Answered(FlowContext flow, Fault? fault)
    {
        End(point =>
        {
            point.Tell("target.url", Text(flow.TargetUri?.OriginalString ?? ""));
            point.Tell("result", fault is null ? "true" : "false");
        });
        if (fault is not null)
            return;
        lock (_gate)
            Show("RESP_HEADERS_PARSED", flow.Response, "ResponseMessage", null);
    }

    /// <summary>The error state begins.</summary>
    internal void Faulted(Fault fault)
    {
        Begin("Error", point =>
        {
            point.Tell("fault", Text(fault.Code));
            point.Tell("message", Text(fault.Text));
            point.Tell("status", fault.Status.ToString(CultureInfo.InvariantCulture));
        });
        End(_ => { });
    }

    /// <summary>The answer is about to go to the client.</summary>
    internal void Goes(FlowContext flow)
    {
        var (message, kind) = flow.Direction == Direction.Error ? (flow.Error, "ErrorMessage") : (flow.Response, "ResponseMessage");
        lock (_gate)
        {
            Status = message.Status;
            Show("RESP_SENT", message, kind, null);
        }
    }

    /// <summary>Nothing more comes.</summary>
    internal void Finish()
    {
        lock (_gate)
        {
            _open.Clear();
            ElapsedMicroseconds = MicrosecondsUntil(_clock.GetTimestamp());
            IsComplete = true;
        }
    }

    /// <summary>Reads the record while nothing is written to it; the second thing it gets makes texts into those without what has turned out to be secret.</summary>
    internal T Look<T>(Func<IReadOnlyList<TracePoint>, Func<string, string>, T> read)
    {
        lock (_gate)
            return read(_points, _mask.Clean);
    }

    /// <summary>Path and query of the client's request.</summary>
    internal string Uri
    {
        get
        {
            lock (_gate)
                return _mask.Clean(_uri ?? "");
        }
    }

    /// <summary>Microseconds from the beginning of the record to a timestamp of the clock.</summary>
    internal long MicrosecondsUntil(long timestamp) => (long)_clock.GetElapsedTime(_startedAt, timestamp).TotalMicroseconds;

    private static void Describe(TracePoint point, FlowContext flow, Step step)
    {
        var policy = step.Policy;
        point.Tell("type", policy.Kind);
        point.Tell("stepDefinition-name", policy.Name);
        point.Tell("stepDefinition-displayName", policy.DisplayName);
        point.Tell("stepDefinition-enabled", policy.IsEnabled ? "true" : "false");
        point.Tell("stepDefinition-continueOnError", policy.ContinuesOnError ? "true" : "false");
        point.Tell("enforcement", flow.Direction switch { Direction.Request => "request", Direction.Response => "response", _ => "error" });
        point.Tell("sluice.proxy", flow.Proxy.Name);
        point.Tell("sluice.endpoint", flow.Endpoint.Name);
        point.Tell("sluice.flow", flow.FlowName);
        point.Tell("sluice.file", $"{policy.Spot.File}:{policy.Spot.Line}");
    }

    private void Begin(string kind, Action<TracePoint> describe)
    {
        lock (_gate)
        {
            // A point that is left out still stands on the stack, so that what ends is what began.
            var point = new TracePoint(kind, _clock.GetTimestamp());
            describe(point);
            _open.Push(point);
            Keep(point);
        }
    }

    private void End(Action<TracePoint> describe)
    {
        lock (_gate)
        {
            if (!_open.TryPop(out var point))
                return;
            point.EndedAt = _clock.GetTimestamp();
            describe(point);
        }
    }

    private void Note(bool isWrite, string name, object? value, bool isDone)
    {
        lock (_gate)
        {
            if (!_open.TryPeek(out var point) || !HasRoom())
                return;
            var text = value switch { null => null, Message => "(message)", string own => own, LateText late => late.ToString(), var other => ValueText.Of(other) };
            if (text is not null && TraceMask.IsSecret(name))
            {
                _mask.Hide(text);
                text = TraceMask.Stars;
            }
            text = text is null ? null : Text(text);
            if (point.Note(new TraceAccess(isWrite, name, text, isDone)))
                Size += CostOfOne + (2L * (text?.Length ?? 0));
        }
    }

    private void Show(string state, Message message, string kind, string? uri)
    {
        var point = new TracePoint("StateChange", _clock.GetTimestamp());
        point.Tell("To", state);
        if (!Keep(point))
            return;
        var headers = new List<HeaderField>();
        foreach (var (name, value) in message.Headers.Fields)
        {
            if (TraceMask.IsSecret(name))
                _mask.Hide(value);
            headers.Add(new HeaderField(name, TraceMask.IsSecret(name) ? TraceMask.Stars : Text(value)));
        }
        var path = !message.IsRequest ? null : uri ?? (message.QueryString.Length == 0 ? message.Path : $"{message.Path}?{message.QueryString}");
        var content = BodyOf(message);
        if (content is not null)
            _mask.HideSecretsOf([], null, content);
        point.Message = new TracedMessage(kind, message.IsRequest ? message.Verb : null, path is null ? null : Text(path), message.IsRequest ? 0 : message.Status, headers, content is null ? null : Cut(_mask.Clean(content), MaxBodyCharacters));
        Size += 2L * ((content?.Length ?? 0) + headers.Sum(header => header.Name.Length + header.Value.Length + 24));
    }

    private static string? BodyOf(Message message)
    {
        if (message.Stream is not null || message.Body.IsEmpty)
            return null;
        var start = message.Body[..Math.Min(message.Body.Length, MaxBodyCharacters * 2)];
        return Encoding.UTF8.GetString(start.Span);
    }

    private bool Keep(TracePoint point)
    {
        if (_points.Count == MaxPoints || !HasRoom())
        {
            IsTruncated = true;
            return false;
        }
        _points.Add(point);
        Size += CostOfOne * 4;
        return true;
    }

    private bool HasRoom()
    {
        IsTruncated |= Size >= budget;
        return !IsTruncated;
    }

    private string Text(string text) => Cut(_mask.Clean(text.Length > MaxBodyCharacters ? text[..MaxBodyCharacters] : text), MaxValueCharacters);

    private static string Cut(string text, int most) => text.Length <= most ? text : string.Concat(text.AsSpan(0, most), "…");
}
