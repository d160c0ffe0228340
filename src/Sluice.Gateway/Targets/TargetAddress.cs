using Sluice.Gateway.Flow;

namespace Sluice.Gateway.Targets;

/// <summary>The address a request goes to: the target's, with the path behind the base path and the query, unless the flow switched them off (contract gateway.md 3.3).</summary>
internal static class TargetAddress
{
    /// <summary>The address; null when it is none.</summary>
    internal static Uri? Of(FlowContext flow, string target)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var (path, own) = question < 0 ? (target, "") : (target[..question], target[(question + 1)..]);
        if (flow.CopiesPathSuffix && flow.PathSuffix.Length > 0)
            path = path.EndsWith('/') && flow.PathSuffix.StartsWith('/') ? path[..^1] + flow.PathSuffix : path + flow.PathSuffix;
        // The request line needs a path, also where an address ends with its host.
        var authority = path.IndexOf("://", StringComparison.Ordinal) + "://".Length;
        if (authority < path.Length && path.IndexOf('/', authority) < 0)
            path += "/";
        var query = flow.CopiesQuery ? flow.Request.QueryString : "";
        var all = own.Length == 0 ? query : query.Length == 0 ? own : $"{own}&{query}";
        return Uri.TryCreate(all.Length == 0 ? path : $"{path}?{all}", AsTheyAre, out var uri) && uri.Scheme is "http" or "https" ? uri : null;
    }

    // The path goes on as the client wrote it: "%2F" is not "/".
    private static readonly UriCreationOptions AsTheyAre = new() { DangerousDisablePathAndQueryCanonicalization = true };
}
