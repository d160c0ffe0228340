using Sluice.Gateway.Deployments;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Targets;

/// <summary>Runs another proxy's flow inside a flow: its request is the caller's as it is now, its answer becomes the caller's response.</summary>
internal static class LocalCall
{
    /// <summary>Calls with the flow's request and response.</summary>
    internal static ValueTask<Fault?> RunAsync(FlowContext flow, string path, string? proxy, string? endpoint) =>
        RunAsync(flow, new Exchange(flow.Request, flow.Response), flow.CopiesPathSuffix ? flow.PathSuffix : "", flow.CopiesQuery, (path, proxy, endpoint));

    /// <summary>Calls with any request; <paramref name="suffix"/> stands behind the other proxy's base path.</summary>
    internal static async ValueTask<Fault?> RunAsync(FlowContext flow, Exchange exchange, string suffix, bool copiesQuery, (string Path, string? Proxy, string? Endpoint) to)
    {
        var (path, proxy, endpoint) = to;
        var snapshot = flow.Snapshot;
        DeployedEndpoint? found;
        if (proxy is not null)
            found = snapshot.FindByName(proxy, endpoint);
        else
        {
            var full = path + suffix;
            found = snapshot.Find(full, out var basePathLength);
            suffix = found is null ? "" : full[basePathLength..];
        }
        if (found is null)
            return new Fault("messaging.adaptors.http.flow.ApplicationNotFound", $"Unable to identify proxy for {proxy ?? path}", 404);

        var inner = FlowPool.Rent();
        try
        {
            inner.Begin(flow.Http, snapshot, found.Proxy, found.Endpoint);
            inner.Depth = flow.Depth + 1;
            inner.Trace = flow.Trace;
            inner.Cancellation = flow.Cancellation;
            (inner.BasePath, inner.PathSuffix) = (found.Endpoint.BasePath, suffix);
            inner.Request.CopyFrom(exchange.Request);
            inner.Request.Path = found.Endpoint.BasePath.TrimEnd('/') + suffix;
            if (!copiesQuery)
                inner.Request.QueryString = "";
            await FlowRunner.RunAsync(inner);
            var answer = inner.Direction == Direction.Error ? inner.Error : inner.Response;
            exchange.Response.CopyFrom(answer);
            foreach (var (name, value) in inner.AnswerHeaders)
                exchange.Response.Headers.Set(name, value);
            // The inner flow's memory goes back to its owners with it.
            exchange.Response.Body = answer.Body.ToArray();
            if (answer.Stream is not null)
                exchange.Response.Body = await BodyReader.ReadAsync(answer.Stream, flow.Snapshot.Services.Options.MaxBodyBytes, flow) ?? default;
            return null;
        }
        finally
        {
            FlowPool.Return(inner);
        }
    }
}
