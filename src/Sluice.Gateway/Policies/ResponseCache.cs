using System.Globalization;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Caches;
using Sluice.Gateway.Conditions;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Policies;

/// <summary>Keeps responses and answers with them: looked up where it stands in a request flow, stored where it stands in a response flow (contract gateway.md 1).</summary>
internal sealed class ResponseCache : Policy
{
    internal const int DefaultLookupSeconds = 30;

    private readonly CacheKey _key;
    private readonly CacheExpiry _expiry;
    private readonly CacheResource _cache;
    private readonly Condition? _skipsLookup;
    private readonly Condition? _skipsPopulation;
    private readonly TimeSpan _patience;
    private readonly bool _excludesErrors;
    private readonly bool _usesResponseHeaders;
    private readonly int _maxBytes;
    private readonly ResponseCacheExtras _extras;
    private readonly (string Name, string Key, string Hit, string Invalid) _variables;

    internal ResponseCache(PolicyElement source, CompileContext context) : base(source)
    {
        var xml = source.Xml;
        context.WarnOfUnknown(
            xml, "CacheKey", "Scope", "CacheResource", "CacheLookupTimeoutInSeconds", "ExpirySettings", "ExcludeErrorResponse",
            "SkipCacheLookup", "SkipCachePopulation", "UseAcceptHeader", "UseResponseCacheHeaders");
        _key = CacheKey.Read(xml, context);
        _expiry = CacheExpiry.Read(xml, context);
        _cache = CacheReference.Read(xml, context);
        Counts = context.Services.Counts.OfCache(context.Bundle.Name, Name);
        _patience = CacheReference.LookupTimeout(xml, context, DefaultLookupSeconds);
        _skipsLookup = SkipCondition(xml, "SkipCacheLookup", "InvalidSkipCacheLookUpCondition", context);
        _skipsPopulation = SkipCondition(xml, "SkipCachePopulation", "InvalidSkipCachePopulationCondition", context);
        _excludesErrors = xml.Flag("ExcludeErrorResponse", context.Services.Options.ExcludeErrorResponseByDefault);
        _usesResponseHeaders = xml.Flag("UseResponseCacheHeaders", byDefault: false);
        _maxBytes = Math.Min(context.Services.Options.MaxCachedBytes, _cache.SkipAboveKb is { } kb ? kb << 10 : int.MaxValue);
        _extras = ResponseCacheExtras.Read(xml, context);
        _variables = ($"responsecache.{Name}.cachename", $"responsecache.{Name}.cachekey", $"responsecache.{Name}.cachehit", $"responsecache.{Name}.invalidentry");
    }

    /// <summary>The endpoint in whose response flows it stands; null for none.</summary>
    internal EndpointPlan? ResponseEndpoint { get; set; }

    internal CacheCounts Counts { get; }

    internal string CacheName => _cache.Name;

    internal override async ValueTask<Fault?> RunAsync(FlowContext flow)
    {
        if (flow.Direction == Direction.Request)
            await LookUpAsync(flow);
        else if (flow.Direction == Direction.Response && flow.Hit is null)
            await PopulateAsync(flow, isErrorResponse: false);
        return null;
    }

    /// <summary>Answers with a stale entry in place of a target that failed, when the policy allows it; false when there is none.</summary>
    internal bool TryServeStale(FlowContext flow)
    {
        if (_extras.StaleIfError == TimeSpan.Zero || flow.Caches.Find(this) is not { Spare: { } spare } use || spare.KeptUntilMs <= Now(flow) || spare.IsErrorResponse)
            return false;
        Counts.Stale();
        Answer(flow, use, spare, "STALE");
        return true;
    }

    private async ValueTask LookUpAsync(FlowContext flow)
    {
        // :: 1. the key, once for both directions
        var use = flow.Caches.For(this);
        var store = flow.Snapshot.Services.Caches;
        use.HasKey = _key.TryMake(flow, use);
        use.Identify(_cache.Name);
        flow.SetOwn(_variables.Name, _cache.Name);
        flow.SetOwn(_variables.Key, use.KeyText);
        flow.SetOwn(_variables.Hit, ValueText.False);
        flow.SetOwn(_variables.Invalid, ValueText.False);
        flow.Trace?.Tell("sluice.cache", _cache.Name);
        if (!use.HasKey)
        {
            Counts.Unkeyed();
            flow.Trace?.Tell("sluice.cache.result", $"MISS: the key is longer than {CacheKey.MaxBytes} bytes");
            return;
        }

        // :: 2. wished not to look
        if (_skipsLookup is not null && _skipsLookup.Holds(flow))
        {
            Counts.Skipped();
            flow.Trace?.Tell("sluice.cache.result", "MISS: SkipCacheLookup holds");
            return;
        }

        // :: 3. look, in memory first
        var entry = store.FindInMemory(use);
        var isInvalid = false;
        if (entry is null)
            (entry, isInvalid) = await FindStoredAsync(flow, use, store);
        if (entry is not null && !entry.IsFresh(Now(flow)))
            (use.Spare, entry, isInvalid) = (entry, null, true);
        if (entry is null && _extras.Collapses)
            entry = await WaitForOtherAsync(flow, use, store);
        if (entry is null || AsksTarget(flow, use, entry))
        {
            flow.SetOwn(_variables.Invalid, ValueText.Of(isInvalid));
            Counts.Miss();
            flow.Trace?.Tell("sluice.cache.result", WhyMiss(entry, isInvalid));
            return;
        }

        // :: 4. the stored message is the response
        Counts.Hit(entry.Body.Length);
        flow.Trace?.Tell("sluice.cache.result", $"HIT: stored at {Iso(entry.StoredMs)}, fresh until {Iso(entry.ExpiresMs)}");
        Answer(flow, use, entry, "HIT");
    }

    /// <summary>Stores the response as it is now, unless something speaks against it.</summary>
    internal async ValueTask PopulateAsync(FlowContext flow, bool isErrorResponse)
    {
        if (flow.Caches.Find(this) is not { HasKey: true } use)
            return;
        var response = flow.Response;
        if (response.Status == 304 && use.Spare is { } unchanged && unchanged.IsFresh(Now(flow)))
        {
            Show(flow, unchanged);
            return;
        }
        var entry = Draft(flow, isErrorResponse, out var why);
        if (entry is null)
        {
            LeaveOut(flow, use, why);
            return;
        }
        Mark(response.Headers, "MISS");
        if (response.Stream is { } stream)
        {
            flow.Trace?.Tell("sluice.cache.result", "STORED when the streamed body has come to its end, if it is not too large");
            response.Stream = Tee(flow, use, entry, stream);
            return;
        }
        await StoreAsync(flow, use, entry with { Body = response.Body.ToArray() });
        flow.Trace?.Tell("sluice.cache.result", $"STORED: fresh until {Iso(entry.ExpiresMs)}");
    }

    // A function of its own, so that what it captures costs nothing elsewhere.
    private CacheTee Tee(FlowContext flow, CacheUse use, CachedResponse entry, Stream stream) =>
        new(stream, _maxBytes, body => StoreAsync(flow, use, entry with { Body = body }), () => LeaveOut(flow, use, "the body is too large"));

    private async ValueTask StoreAsync(FlowContext flow, CacheUse use, CachedResponse entry)
    {
        Counts.Stored(entry.Body.Length);
        await flow.Snapshot.Services.Caches.StoreAsync(use, _cache.Name, entry);
        use.Leads?.End(entry);
    }

    private void LeaveOut(FlowContext flow, CacheUse use, string why)
    {
        Counts.NotStored();
        use.Leads?.End(null);
        flow.Trace?.Tell("sluice.cache.result", $"NOT STORED: {why}");
    }

    /// <summary>The entry without its body; or why there is none.</summary>
    private CachedResponse? Draft(FlowContext flow, bool isErrorResponse, out string why)
    {
        var response = flow.Response;
        why = _skipsPopulation is not null && _skipsPopulation.Holds(flow) ? "SkipCachePopulation holds"
            : flow.Request.Verb == "HEAD" ? "the answer to a HEAD has no body"
            : WhyRefused(response) ?? "";
        if (why.Length > 0)
            return null;
        var now = flow.Clock.GetUtcNow();
        var end = _expiry.From(flow, _cache, now);
        if (_usesResponseHeaders)
            end = CacheExpiry.Lowered(end, response, now);
        why = end <= now ? "its lifetime is over already" : response.Stream is null && response.Body.Length > _maxBytes ? "the body is too large" : "";
        return why.Length > 0 ? null : new CachedResponse
        {
            Status = response.Status,
            Reason = response.Reason,
            Headers = [.. Hop.Kept(response.Headers.Fields)],
            Body = [],
            StoredMs = now.ToUnixTimeMilliseconds(),
            ExpiresMs = end.ToUnixTimeMilliseconds(),
            KeptUntilMs = (end + _extras.StaleIfError).ToUnixTimeMilliseconds(),
            IsErrorResponse = isErrorResponse,
        };
    }

    // Parts and "not modified" answer one client's own question; nobody else can use them.
    private string? WhyRefused(Message response) =>
        response.Status is 206 or 304 ? "a part, or no change, answers one client only"
        : _excludesErrors && response.Status is < 200 or > 205 ? "ExcludeErrorResponse, and the status is not one of 200 to 205"
        : _usesResponseHeaders && (CacheControl.Has(response, "private") || CacheControl.Has(response, "no-store") || CacheControl.Has(response, "no-cache")) ? "the response's Cache-Control forbids it"
        : null;

    private async ValueTask<(CachedResponse? Entry, bool IsInvalid)> FindStoredAsync(FlowContext flow, CacheUse use, CacheStore store)
    {
        if (_patience == TimeSpan.Zero)
            return (null, false);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(flow.Cancellation);
        late.CancelAfter(_patience);
        try
        {
            return await store.FindStoredAsync(use, _cache.Name, late.Token);
        }
        catch (OperationCanceledException) when (!flow.Cancellation.IsCancellationRequested)
        {
            return (null, false);
        }
    }

    private async ValueTask<CachedResponse?> WaitForOtherAsync(FlowContext flow, CacheUse use, CacheStore store)
    {
        var flight = store.Flights.Join(use.Identity.ToString(), out var isLeader);
        if (isLeader)
        {
            use.Leads = flight;
            return null;
        }
        try
        {
            return await flight.Done.WaitAsync(_patience, flow.Cancellation);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    // What a client asks about a copy of its own goes to the target, but for a GET that names the stored one (contract gateway.md 1.6).
    private static bool AsksTarget(FlowContext flow, CacheUse use, CachedResponse entry)
    {
        var headers = flow.Request.Headers;
        var asks = flow.Request.Verb is "GET" or "HEAD"
            ? headers.Has("If-Modified-Since") && !headers.Has("If-None-Match")
            : headers.Has("If-None-Match") || headers.Has("If-Match");
        if (asks)
            use.Spare = entry;
        return asks;
    }

    private void Answer(FlowContext flow, CacheUse use, CachedResponse entry, string mark)
    {
        use.Entry = entry;
        flow.Hit = this;
        flow.Answer = Flow.Answer.FromCache;
        flow.SetOwn(_variables.Hit, ValueText.True);
        Show(flow, entry);
        Mark(flow.Response.Headers, mark);
    }

    private static void Show(FlowContext flow, CachedResponse entry)
    {
        var response = flow.Response;
        response.Headers.ShowShared(entry.Headers);
        (response.Status, response.Reason) = (entry.Status, entry.Reason);
        response.Body = entry.Body;
        flow.Shown = entry;
        if (EntityTags.Matches(flow.Request, entry))
            EntityTags.AnswerNotModified(response);
        else
            ContentCoding.Adapt(flow.Request, response, entry);
    }

    private void Mark(HeaderList headers, string mark)
    {
        if (_extras.HitHeader is { } name)
            headers.Set(name, mark);
    }

    private static Condition? SkipCondition(BundleElement xml, string name, string code, CompileContext context)
    {
        if (xml.Child(name) is not { Text: { } text } element)
            return null;
        var condition = ConditionParser.Parse(text, out var fault);
        if (fault is not null)
            context.Fault("InvalidMessagePatternForErrorCode", $"Invalid message pattern found for error code steps.cache.{code}. At character {fault.Position + 1}: {fault.Text}", element.Spot);
        return condition;
    }

    private static string WhyMiss(CachedResponse? entry, bool isInvalid) =>
        entry is not null ? "MISS: the client asks the target about a copy of its own"
        : isInvalid ? "MISS: there was an entry, but it is over or cannot be read"
        : "MISS: there is no entry of this key";

    private static string Iso(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("O", CultureInfo.InvariantCulture);

    private static long Now(FlowContext flow) => flow.Clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What a response cache does beyond the original, asked for by properties of the policy, so that a bundle stays one that the original takes.</summary>
/// <param name="Collapses"><c>sluice.collapse</c>: one request of a key goes to the target, the others wait for it.</param>
/// <param name="StaleIfError"><c>sluice.stale-if-error</c>: for how many seconds after its end an entry stands in for a target that fails.</param>
/// <param name="HitHeader"><c>sluice.hit-header</c>: the response header that says HIT, MISS or STALE.</param>
internal sealed record ResponseCacheExtras(bool Collapses, TimeSpan StaleIfError, string? HitHeader)
{
    private const int MaxStaleSeconds = 30 * 24 * 60 * 60;

    internal static ResponseCacheExtras Read(BundleElement policy, CompileContext context)
    {
        var (collapses, stale, header) = (false, TimeSpan.Zero, (string?)null);
        foreach (var property in policy.Child("Properties")?.All("Property") ?? [])
        {
            switch (property.Attribute("name"))
            {
                case "sluice.collapse":
                    collapses = BundleElement.ReadFlag(property.Text, byDefault: false);
                    break;
                case "sluice.hit-header":
                    header = property.Text;
                    break;
                case "sluice.stale-if-error" when int.TryParse(property.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= MaxStaleSeconds:
                    stale = TimeSpan.FromSeconds(seconds);
                    break;
                case { } name when name.StartsWith("sluice.", StringComparison.Ordinal):
                    context.Fault("InvalidProperty", $"The property '{name}' is not known, or its value '{property.Text}' is none", property.Spot);
                    break;
            }
        }
        return new ResponseCacheExtras(collapses, stale, header);
    }
}
