using Microsoft.AspNetCore.Http;
using Sluice.Gateway.Deployments;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;

namespace Sluice.Gateway;

/// <summary>Takes requests that are for proxies, before routes are looked at: finds environment and endpoint, runs the flow, writes its answer (contract gateway.md 3.2).</summary>
internal sealed class GatewayMiddleware(RequestDelegate next, GatewayRuntime gateway)
{
    public Task InvokeAsync(HttpContext http)
    {
        var choice = gateway.Hosts.Choose(http.Request.Headers.Host.ToString());
        var path = PathOf(http.Request);
        var isGatewayOnly = choice.IsGatewayOnly || (gateway.Options.Listeners.Length > 0 && http.Features.Get<ProxiesOnly>() is not null);
        if (!isGatewayOnly && BasePaths.FindOwn(path) is not null)
            return next(http);
        var snapshot = choice.Environment.Snapshot;
        if (snapshot.Find(path, out var basePathLength) is not { } found)
            return isGatewayOnly ? NotFoundAsync(http, path) : next(http);

        var serving = ServeAsync(http, snapshot, found, path, basePathLength);
        return serving.IsCompletedSuccessfully ? Task.CompletedTask : serving.AsTask();
    }

    private static async ValueTask ServeAsync(HttpContext http, DeploymentSnapshot snapshot, DeployedEndpoint found, string path, int basePathLength)
    {
        var flow = FlowPool.Rent();
        try
        {
            flow.Begin(http, snapshot, found.Proxy, found.Endpoint);
            flow.Times.ClientReceivedStart = flow.Times.ClientReceivedEnd = flow.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            var unread = await RequestReader.ReadAsync(flow, path, basePathLength);
            snapshot.Services.Debug.Watch(flow);
            if (unread is { } fault)
                await FaultRunner.RunAsync(flow, fault);
            else
                await RunAsync(flow);
            flow.Times.ClientSentStart = flow.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            flow.Trace?.Goes(flow);
            found.Proxy.Counts.Answered((flow.Direction == Direction.Error ? flow.Error : flow.Response).Status);
            if (flow is { Socket: { } socket, Direction: Direction.Response })
            {
                await socket.RunAsync(flow);
                return;
            }
            await ResponseWriter.WriteAsync(flow);
            if (found.Endpoint.PostClient.Length > 0)
                await AfterClientAsync(flow);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client went away: there is nobody to answer.
        }
        catch (Exception failure) when (!http.Response.HasStarted && failure is not BadHttpRequestException)
        {
            flow.Snapshot.Services.Log.ServedFault(flow.Proxy.Name, http.TraceIdentifier, failure);
            await AnswerAsync(http, new Fault("messaging.runtime.InternalError", $"A fault of ours; the log has it. Trace {http.TraceIdentifier}"));
        }
        finally
        {
            flow.Trace?.Finish();
            FlowPool.Return(flow);
        }
    }

    private static async ValueTask RunAsync(FlowContext flow)
    {
        if (!flow.ProxyEndpoint.Properties.TryGetValue("api.timeout", out var text) || !int.TryParse(text, out var patience) || patience <= 0)
        {
            await FlowRunner.RunAsync(flow);
            return;
        }
        using var late = CancellationTokenSource.CreateLinkedTokenSource(flow.Http.RequestAborted);
        late.CancelAfter(patience);
        flow.Cancellation = late.Token;
        try
        {
            await FlowRunner.RunAsync(flow);
        }
        catch (OperationCanceledException) when (!flow.Http.RequestAborted.IsCancellationRequested)
        {
            flow.Cancellation = flow.Http.RequestAborted;
            await FaultRunner.RunAsync(flow, new Fault("flow.APITimedOut", "API timed out", 504));
        }
    }

    // The client has its answer: nothing that goes wrong here can change it (contract gateway.md 3.4).
    private static async ValueTask AfterClientAsync(FlowContext flow)
    {
        await flow.Http.Response.CompleteAsync();
        flow.Times.ClientSentEnd = flow.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        flow.Cancellation = CancellationToken.None; // the client may go now
        await FlowRunner.ListAsync(flow, "PostClientFlow", flow.ProxyEndpoint.PostClient);
    }

    /// <summary>The path as it stands in the request line, escapes kept, dots resolved.</summary>
    private static string PathOf(HttpRequest request) =>
        request.Path.Value is not { Length: > 0 } path ? "/"
        : request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget.Contains('%', StringComparison.Ordinal) ? request.Path.ToUriComponent() : path;

    private static Task NotFoundAsync(HttpContext http, string path)
    {
        var fault = new Fault(
            "messaging.adaptors.http.flow.ApplicationNotFound", $"Unable to identify proxy for host: {(http.Request.IsHttps ? "secure" : "default")} and url: {path.Replace("/", "\\/", StringComparison.Ordinal)}", 404);
        return AnswerAsync(http, fault);
    }

    private static Task AnswerAsync(HttpContext http, Fault fault)
    {
        http.Response.Clear();
        http.Response.StatusCode = fault.Status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(FaultRunner.DefaultBody(fault), http.RequestAborted);
    }
}
