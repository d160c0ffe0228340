using System.Globalization;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Caches;

/// <summary>How the four cache policies make their keys (contract gateway.md 1.4): <c>PREFIX "__" FRAGMENTS [ "__" ACCEPT ]</c>, every part joined by <c>__</c>.</summary>
internal sealed class CacheKey
{
    internal const int MaxBytes = 2 << 10;

    private const string Separator = "__";

    private static readonly string[] AcceptHeaders = ["Accept", "Accept-Encoding", "Accept-Language", "Accept-Charset"];

    private readonly string? _prefix;
    private readonly CacheScope _scope;
    private readonly Fragment[] _fragments;
    private readonly bool _usesAccept;

    private CacheKey(string? prefix, CacheScope scope, Fragment[] fragments, bool usesAccept) =>
        (_prefix, _scope, _fragments, _usesAccept) = (prefix, scope, fragments, usesAccept);

    /// <summary>Reads <c>CacheKey</c>, <c>Scope</c> and <c>UseAcceptHeader</c> of a policy; a missing key is a fault.</summary>
    internal static CacheKey Read(BundleElement policy, CompileContext context)
    {
        var key = policy.Child("CacheKey");
        if (key is null)
            context.Fault("MissingCacheKey", $"{policy.Name} '{policy.Attribute("name")}' has no CacheKey", policy.Spot);
        var scope = CacheScope.Exclusive;
        if (policy.Child("Scope") is { Text: { } text } element && !Enum.TryParse(text, ignoreCase: true, out scope))
            context.Fault("InvalidScope", $"Scope '{text}' is none of Global, Application, Proxy, Target, Exclusive", element.Spot);
        return new CacheKey(
            key?.ChildText("Prefix"), scope,
            [.. (key?.All("KeyFragment") ?? []).Select(one => new Fragment(one.Ref() is { } name ? VariableRef.Of(name) : null, one.Text ?? ""))],
            policy.Flag("UseAcceptHeader", byDefault: false));
    }

    /// <summary>Makes the key of a flow. False when it is longer than <see cref="MaxBytes"/>.</summary>
    internal bool TryMake(FlowContext flow, CacheUse use)
    {
        var readable = use.Readable;
        readable.Clear();
        use.Lengths.Clear();
        AppendPrefix(flow, readable, null);
        use.Lengths.Append((char)readable.Length);
        foreach (ref readonly var fragment in _fragments.AsSpan())
        {
            var start = Begin(readable);
            // A variable that is not set is an empty part, unless there is a text for it (contract gateway.md 1.4).
            if (fragment.Variable is null || !fragment.Variable.TryAppend(flow, readable))
                readable.Append(fragment.Text);
            use.Lengths.Append((char)(readable.Length - start));
            if (readable.Length > MaxBytes)
                return false;
        }
        if (_usesAccept)
        {
            foreach (var name in AcceptHeaders)
            {
                var start = Begin(readable);
                readable.Append(flow.Request.Headers.First(name));
                use.Lengths.Append((char)(readable.Length - start));
            }
        }
        return System.Text.Encoding.UTF8.GetByteCount(readable.Span) <= MaxBytes;
    }

    /// <summary>Makes the key as another proxy or endpoint would (InvalidateCache's CacheContext).</summary>
    internal bool TryMake(FlowContext flow, CacheUse use, CacheContext context)
    {
        if (!TryMake(flow, use))
            return false;
        if (_prefix is not null)
            return true;
        var text = use.Readable.ToString();
        var old = use.Lengths.Span[0];
        use.Readable.Clear();
        AppendPrefix(flow, use.Readable, context);
        var length = (char)use.Readable.Length;
        use.Readable.Append(text.AsSpan(old));
        var lengths = use.Lengths.ToString();
        use.Lengths.Clear();
        use.Lengths.Append(length);
        use.Lengths.Append(lengths.AsSpan(1));
        return System.Text.Encoding.UTF8.GetByteCount(use.Readable.Span) <= MaxBytes;
    }

    private static int Begin(TextBuffer readable)
    {
        readable.Append(Separator);
        return readable.Length;
    }

    private void AppendPrefix(FlowContext flow, TextBuffer text, CacheContext? context)
    {
        if (_prefix is not null)
        {
            text.Append(_prefix);
            return;
        }
        text.Append(flow.Proxy.Organization);
        text.Append(Separator);
        text.Append(flow.Proxy.Environment);
        if (_scope == CacheScope.Global)
            return;
        text.Append(Separator);
        text.Append(context?.ApiProxyName ?? flow.Proxy.Name);
        if (_scope == CacheScope.Application)
            return;
        text.Append(Separator);
        Span<char> digits = stackalloc char[11];
        flow.Proxy.Revision.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        text.Append(digits[..length]);
        text.Append(Separator);
        text.Append(_scope switch
        {
            CacheScope.Proxy => context?.ProxyName ?? flow.ProxyEndpoint.Name,
            CacheScope.Target => context?.TargetName ?? TargetName(flow),
            _ => context?.ProxyName ?? context?.TargetName ?? flow.Endpoint.Name,
        });
    }

    // In a proxy endpoint's flow the target is the one that route rules would pick now (Ruling 5); picking it must not route the flow.
    private static string TargetName(FlowContext flow)
    {
        if (flow.Target is { } chosen)
            return chosen.Name;
        foreach (var rule in flow.ProxyEndpoint.Routes)
        {
            if (rule.Condition is null || rule.Condition.IsTrue(flow))
                return rule.Target?.Name ?? "";
        }
        return "";
    }

    private readonly record struct Fragment(VariableRef? Variable, string Text);
}

/// <summary>Whose key is meant, where it is not the flow's own.</summary>
internal sealed record CacheContext(string? ApiProxyName, string? ProxyName, string? TargetName);
