using Sluice.Gateway.Deployments;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Targets;

/// <summary>Runs another proxy's flow inside a flow: its request is the caller's as it is now, its answer becomes the caller's response.</summary>
internal static class LocalCall
{
    internal static async ValueTask<Fault?> RunAsync(FlowContext flow, string path, string? proxy, string? endpoint)
    {
        var snapshot = flow.Snapshot;
        string suffix;
        DeployedEndpoint? found;
        if (proxy is not null)
            (found, suffix) = (snapshot.FindByName(proxy, endpoint), flow.CopiesPathSuffix ? flow.PathSuffix : "");
        else
        {
            var full = flow.CopiesPathSuffix ? path + flow.PathSuffix : path;
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
            inner.ClientUri = flow.ClientUri;
            inner.Request.CopyFrom(flow.Request);
            inner.Request.Path = found.Endpoint.BasePath.TrimEnd('/') + suffix;
            if (!flow.CopiesQuery)
                inner.Request.QueryString = "";
            await FlowRunner.RunAsync(inner);
            var answer = inner.Direction == Direction.Error ? inner.Error : inner.Response;
            flow.Response.CopyFrom(answer);
            // The inner flow's memory goes back to its owners with it.
            flow.Response.Body = answer.Body.ToArray();
            if (answer.Stream is not null)
                flow.Response.Body = await BodyReader.ReadAsync(answer.Stream, flow.Snapshot.Services.Options.MaxBodyBytes, flow) ?? default;
            return null;
        }
        finally
        {
            FlowPool.Return(inner);
        }
    }
}
