using Sluice.Gateway.Bundles;
using Sluice.Gateway.Consumers;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Policies;

/// <summary>Lets a call through whose key is good for this proxy, environment and path, and says whose it is (contract gateway.md 7). Asks memory only.</summary>
internal sealed class VerifyApiKey : Policy
{
    private static readonly (string Suffix, Func<Verified, object?> Value)[] Known =
    [
        ("client_id", one => one.Key.ConsumerKey),
        ("client_secret", one => one.Key.ConsumerSecret),
        ("redirection_uris", one => one.App.CallbackUrl),
        ("DisplayName", one => one.AppDisplayName),
        ("apiproduct.name", one => one.Product.Name),
        ("apiproduct.DisplayName", one => one.Product.DisplayName),
        ("apiproduct.developer.quota.limit", one => one.Quota?.Limit),
        ("apiproduct.developer.quota.interval", one => one.Quota?.Interval),
        ("apiproduct.developer.quota.timeunit", one => one.Quota?.TimeUnit),
        ("app.name", one => one.App.Name),
        ("app.id", one => one.App.AppId),
        ("app.accessType", one => one.App.AccessType),
        ("app.callbackUrl", one => one.App.CallbackUrl),
        ("app.DisplayName", one => one.AppDisplayName),
        ("app.status", one => one.App.Status),
        ("app.apiproducts", one => (IReadOnlyList<string>)[.. one.Key.ApiProducts.Select(product => product.Apiproduct)]),
        ("app.appType", _ => "Developer"),
        ("app.appParentId", one => one.Developer.DeveloperId),
        ("app.appParentStatus", one => one.Developer.Status),
        ("app.created_at", one => one.App.CreatedAt),
        ("app.created_by", one => one.App.CreatedBy),
        ("app.last_modified_at", one => one.App.LastModifiedAt),
        ("app.last_modified_by", one => one.App.LastModifiedBy),
        ("developer.app.id", one => one.App.AppId),
        ("developer.app.name", one => one.App.Name),
        ("developer.id", one => one.Developer.DeveloperId),
        ("developer.userName", one => one.Developer.UserName),
        ("developer.firstName", one => one.Developer.FirstName),
        ("developer.lastName", one => one.Developer.LastName),
        ("developer.email", one => one.Developer.Email),
        ("developer.status", one => one.Developer.Status),
        ("developer.created_at", one => one.Developer.CreatedAt),
        ("developer.created_by", one => one.Developer.CreatedBy),
        ("developer.last_modified_at", one => one.Developer.LastModifiedAt),
        ("developer.last_modified_by", one => one.Developer.LastModifiedBy),
    ];

    // What later policies and logs ask for without the policy's name.
    private static readonly (string Name, Func<Verified, object?> Value)[] Flat =
    [
        ("client_id", one => one.Key.ConsumerKey),
        ("apiproduct.name", one => one.Product.Name),
        ("app.name", one => one.App.Name),
        ("app.id", one => one.App.AppId),
        ("developer.app.name", one => one.App.Name),
        ("developer.app.id", one => one.App.AppId),
        ("developer.email", one => one.Developer.Email),
        ("developer.id", one => one.Developer.DeveloperId),
    ];

    private readonly VariableRef? _ref;
    private readonly string? _literal;
    private readonly string _prefix;
    private readonly string[] _names;
    private readonly string _failed;

    internal VerifyApiKey(PolicyElement source, CompileContext context) : base(source)
    {
        var xml = source.Xml;
        context.WarnOfUnknown(xml, "APIKey", "CacheExpiryInSeconds");
        var key = xml.Child("APIKey");
        _ref = key?.Ref() is { } name ? VariableRef.Of(name) : null;
        _literal = key?.Text;
        if (_ref is null && _literal is null)
            context.Fault("SpecifyValueOrRefApiKey", $"VerifyAPIKey policy '{Name}' says neither as a value nor as a ref in APIKey where the key is", (key ?? xml).Spot);
        _prefix = $"verifyapikey.{Name}.";
        _names = [.. Known.Select(one => _prefix + one.Suffix)];
        _failed = _prefix + "failed";
    }

    internal override string? FailedPrefix => "oauthV2";

    internal override ValueTask<Fault?> RunAsync(FlowContext flow)
    {
        var fault = Verify(flow);
        flow.SetOwn(_failed, ValueText.Of(fault is not null));
        return new(fault);
    }

    private Fault? Verify(FlowContext flow)
    {
        if ((_ref?.GetText(flow) is { Length: > 0 } given ? given : _literal) is not { } key)
            return new Fault("oauth.v2.FailedToResolveAPIKey", $"Failed to resolve API Key variable {_ref?.Name}", 401);
        flow.Trace?.Hide(key);
        var consumers = flow.Snapshot.Services.Consumers.Current;
        if (consumers.FindKey(key) is not { } holder || holder.Credential.Status != Approval.Approved)
            return new Fault("oauth.v2.InvalidApiKey", "Invalid ApiKey", 401);
        if (holder.Credential.IsExpired(flow.Clock.GetUtcNow().ToUnixTimeMilliseconds()))
            return new Fault("keymanagement.service.consumer_key_expired", "Consumer key has expired", 401);
        if (holder.App.Status != Approval.Approved)
            return new Fault("keymanagement.service.invalid_client-app_not_approved", "App is not approved", 401);
        if (holder.Developer.Status != Developer.Active)
            return new Fault("keymanagement.service.DeveloperStatusNotActive", "Developer Status is not Active", 401);
        if (FindProduct(flow, consumers, holder.Credential, out var quota) is not { } product)
            return new Fault("oauth.v2.InvalidApiKeyForGivenResource", "Invalid ApiKey for given resource", 401);
        Tell(flow, new Verified(holder.Credential, holder.App, holder.Developer, product, quota));
        return null;
    }

    private static ApiProduct? FindProduct(FlowContext flow, ConsumerSnapshot consumers, Credential credential, out ProductQuota? quota)
    {
        var path = flow.PathSuffix.Length == 0 ? "/" : flow.PathSuffix;
        foreach (var (name, status) in credential.ApiProducts)
        {
            if (status == Approval.Approved && consumers.Products.GetValueOrDefault(name) is { } access
                && access.Covers(flow.Proxy.Environment, flow.Proxy.Name, path, flow.Request.Verb, out quota))
                return access.Product;
        }
        quota = null;
        return null;
    }

    private void Tell(FlowContext flow, Verified found)
    {
        // Attributes first: what the platform says of a name counts.
        foreach (var one in found.App.Attributes)
        {
            flow.SetOwn(_prefix + one.Name, one.Value);
            flow.SetOwn($"{_prefix}app.{one.Name}", one.Value);
        }
        foreach (var one in found.Developer.Attributes)
            flow.SetOwn($"{_prefix}developer.{one.Name}", one.Value);
        foreach (var one in found.Product.Attributes)
            flow.SetOwn($"{_prefix}apiproduct.{one.Name}", one.Value);
        for (var index = 0; index < Known.Length; index++)
            flow.SetOwn(_names[index], Known[index].Value(found));
        foreach (var (name, value) in Flat)
            flow.SetOwn(name, value(found));
    }

    /// <summary>What was found out about a key.</summary>
    private sealed record Verified(Credential Key, DeveloperApp App, Developer Developer, ApiProduct Product, ProductQuota? Quota)
    {
        internal string AppDisplayName => Array.Find(App.Attributes, one => one.Name == "DisplayName")?.Value ?? App.Name;
    }
}
