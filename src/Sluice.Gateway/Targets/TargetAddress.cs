using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Targets;

/// <summary>The address a request goes to: the target's, with the path behind the base path and the query, unless the flow switched them off (contract gateway.md 3.3).</summary>
internal static class TargetAddress
{
    /// <summary>The address; null when it is none.</summary>
    internal static Uri? Of(FlowContext flow, string target) =>
        Of(target, flow.CopiesPathSuffix ? flow.PathSuffix : "", flow.CopiesQuery ? flow.Request.QueryString : "");

    /// <summary>The address of a policy's own request: its path, where it was given one, and its query.</summary>
    internal static Uri? Of(Message request, string target) => Of(target, request.Path, request.QueryString);

    private static Uri? Of(string target, string suffix, string query)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var (path, own) = question < 0 ? (target, "") : (target[..question], target[(question + 1)..]);
        if (suffix.Length > 0)
            path = path.EndsWith('/') && suffix.StartsWith('/') ? path[..^1] + suffix : path + suffix;
        // The request line needs a path, also where an address ends with its host.
        var authority = path.IndexOf("://", StringComparison.Ordinal) + "://".Length;
        if (authority < path.Length && path.IndexOf('/', authority) < 0)
            path += "/";
        var all = own.Length == 0 ? query : query.Length == 0 ? own : $"{own}&{query}";
        return Uri.TryCreate(all.Length == 0 ? path : $"{path}?{all}", AsTheyAre, out var uri) && uri.Scheme is ("http" or "https") ? uri : null;
    }

    // The path goes on as the client wrote it: "%2F" is not "/".
    private static readonly UriCreationOptions AsTheyAre = new() { DangerousDisablePathAndQueryCanonicalization = true };
}
