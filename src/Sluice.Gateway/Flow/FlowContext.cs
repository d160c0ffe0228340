using Microsoft.AspNetCore.Http;
using Sluice.Gateway.Caches;
using Sluice.Gateway.Deployments;
using Sluice.Gateway.Messages;
using Sluice.Gateway.Policies;
using Sluice.Gateway.Targets;
using Sluice.Gateway.Trace;

namespace Sluice.Gateway.Flow;

/// <summary>One request on its way through a proxy: messages, variables, where it is. Pooled: everything in it is made new by <see cref="Begin"/>.</summary>
/// <remarks>Threading: one flow, one thread at a time.</remarks>
internal sealed class FlowContext
{
    internal const int MaxVariables = 10_000;
    private const int MaxMessagesKept = 4;

    private readonly Dictionary<string, object> _variables = new(StringComparer.Ordinal);
    private readonly List<Message> _spare = [];
    private readonly List<Message> _lent = [];
    private CancellationToken? _cancellation;
    private string _path = "";
    private int _basePathLength;
    private string? _basePath;
    private string? _pathSuffix;

    internal HttpContext Http { get; private set; } = null!;

    /// <summary>The deployments as they stood when the request came; a redeploy does not change a flow under way.</summary>
    internal DeploymentSnapshot Snapshot { get; private set; } = null!;

    internal ProxyPlan Proxy { get; private set; } = null!;

    internal ProxyEndpointPlan ProxyEndpoint { get; private set; } = null!;

    /// <summary>The chosen target endpoint; null before routing and on a null route.</summary>
    internal TargetPlan? Target { get; set; }

    /// <summary>The endpoint whose steps run.</summary>
    internal EndpointPlan Endpoint { get; set; } = null!;

    internal Direction Direction { get; set; }

    internal Message Request { get; } = new();

    internal Message Response { get; } = new();

    internal Message Error { get; } = new();

    /// <summary>The fault of the error state; null before it.</summary>
    internal Fault? Fault { get; set; }

    /// <summary>The newest failure of a policy, also one that the flow went on after: what <c>fault.name</c> tells.</summary>
    internal Fault? LastFault { get; set; }

    /// <summary><c>message</c>: what goes the way that steps go now.</summary>
    internal Message Current => Direction switch { Direction.Request => Request, Direction.Response => Response, _ => Error };

    /// <summary>The path behind the base path.</summary>
    internal string PathSuffix
    {
        get => _pathSuffix ??= _path[_basePathLength..];
        set => _pathSuffix = value;
    }

    /// <summary>The base path as the request has it.</summary>
    internal string BasePath
    {
        get => _basePath ??= _basePathLength == 0 ? "/" : _path[.._basePathLength];
        set => _basePath = value;
    }

    /// <summary>The request as the client sent it, before anything changed it: path with query.</summary>
    internal string ClientUri => Http.Request.Path.ToUriComponent() + Http.Request.QueryString.ToUriComponent();

    /// <summary>Where the last request to the target went; null before.</summary>
    internal Uri? TargetUri { get; set; }

    /// <summary><c>target.url</c> as a policy set it; null takes the connection's.</summary>
    internal string? TargetUrl { get; set; }

    internal bool CopiesPathSuffix { get; set; } = true;

    internal bool CopiesQuery { get; set; } = true;

    /// <summary>The name of the flow that runs, such as <c>PreFlow</c>.</summary>
    internal string FlowName { get; set; } = "";

    internal string? RouteName { get; set; }

    internal ConditionalFlow? ProxyFlow { get; set; }

    internal ConditionalFlow? TargetFlow { get; set; }

    /// <summary>How many shared flows and proxies call each other right now.</summary>
    internal int Depth { get; set; }

    internal FlowTimes Times;

    /// <summary>Gathers what happens, for a debug session; null when nobody watches.</summary>
    internal TraceRecord? Trace { get; set; }

    /// <summary>Whether a step made the answer, so that the rest of the request's way and the target are left out.</summary>
    internal Answer Answer { get; set; }

    /// <summary>The policy that answered from its cache; null when none did.</summary>
    internal ResponseCache? Hit { get; set; }

    /// <summary>The entry whose headers and body the response shows unchanged, as long as it does; lets the answer be written from what was made ready once.</summary>
    internal CachedResponse? Shown { get; set; }

    /// <summary>The WebSocket that the target agreed to; null for an answer.</summary>
    internal WebSocketPass? Socket { get; set; }

    /// <summary>Headers that go on the answer, whatever it will be: the target's, a cache's, or an error message.</summary>
    internal List<HeaderField> AnswerHeaders { get; } = [];

    /// <summary>The shared flow whose steps run; null in the proxy's own.</summary>
    internal SharedFlowPlan? SharedFlow { get; set; }

    /// <summary>Gives up when the client goes away, or the proxy's time is over. Asked for late: the server makes its token only for those who ask.</summary>
    internal CancellationToken Cancellation
    {
        get => _cancellation ?? Http.RequestAborted;
        set => _cancellation = value;
    }

    internal FlowLeases Leases { get; } = new();

    /// <summary>The keys that cache policies computed on the way there.</summary>
    internal CacheUses Caches { get; } = new();

    internal TimeProvider Clock => Snapshot.Services.Clock;

    internal void Begin(HttpContext http, DeploymentSnapshot snapshot, ProxyPlan proxy, ProxyEndpointPlan endpoint)
    {
        (Http, Snapshot, Proxy, ProxyEndpoint, Endpoint) = (http, snapshot, proxy, endpoint, endpoint);
        (Direction, Target, Fault, LastFault, Hit, Trace, Answer) = (Direction.Request, null, null, null, null, null, Answer.None);
        (TargetUri, TargetUrl, CopiesPathSuffix, CopiesQuery) = (null, null, true, true);
        (FlowName, RouteName, ProxyFlow, TargetFlow, SharedFlow, Depth) = ("", null, null, null, null, 0);
        AnswerHeaders.Clear();
        Times = default;
        Shown = null;
        Socket = null;
        _cancellation = null;
        Request.Clear(isRequest: true);
        Response.Clear(isRequest: false);
        Error.Clear(isRequest: false);
    }

    /// <summary>Says where in the path its base path ends; texts are made of it when somebody asks.</summary>
    internal void TakePath(string path, int basePathLength) => (_path, _basePathLength, _basePath, _pathSuffix) = (path, basePathLength, null, null);

    /// <summary>Lets go of what the request held, so that nothing of it is seen by the next.</summary>
    internal void End()
    {
        Leases.ReturnAll();
        Caches.Clear();
        _variables.Clear();
        foreach (var message in _lent)
        {
            message.Clear(isRequest: false);
            if (_spare.Count < MaxMessagesKept)
                _spare.Add(message);
        }
        _lent.Clear();
        Begin(Http, Snapshot, Proxy, ProxyEndpoint);
        Http = null!;
        TakePath("", 0);
    }

    /// <summary>A message of a policy's own, which lives as long as the flow.</summary>
    internal Message NewMessage(bool isRequest)
    {
        var message = _spare.Count > 0 ? _spare[^1] : new Message();
        if (_spare.Count > 0)
            _spare.RemoveAt(_spare.Count - 1);
        message.Clear(isRequest);
        _lent.Add(message);
        return message;
    }

    /// <summary>A variable of nobody but policies; null when it is not set.</summary>
    internal object? FindOwn(string name) => _variables.GetValueOrDefault(name);

    /// <summary>Sets a variable; null takes it away. False when a flow has <see cref="MaxVariables"/> already.</summary>
    internal bool SetOwn(string name, object? value)
    {
        Trace?.Wrote(name, value, isDone: true);
        if (value is null)
        {
            _variables.Remove(name);
            return true;
        }
        if (_variables.Count >= MaxVariables && !_variables.ContainsKey(name))
            return false;
        _variables[name] = value;
        return true;
    }

    /// <summary>Every variable that policies set, for a debug session.</summary>
    internal IEnumerable<KeyValuePair<string, object>> Own => _variables;
}

/// <summary>Who made the answer of a flow before its target was asked.</summary>
internal enum Answer
{
    /// <summary>Nobody yet.</summary>
    None,

    /// <summary>A cache: the response flows run from where the same policy stands in them.</summary>
    FromCache,

    /// <summary>A policy whose answer goes out as it is.</summary>
    Final,
}

/// <summary>When the legs of a flow began and ended, as timestamps of the clock in epoch milliseconds; 0 for not yet.</summary>
internal struct FlowTimes
{
    internal long ClientReceivedStart;
    internal long ClientReceivedEnd;
    internal long TargetSentStart;
    internal long TargetSentEnd;
    internal long TargetReceivedStart;
    internal long TargetReceivedEnd;
    internal long ClientSentStart;
    internal long ClientSentEnd;
}
