using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Collection.Observe;

/// <summary>HTTP calls that were refused before anything of them reached the journal: malformed, too large, over the rate, not allowed, no room.</summary>
/// <remarks>
/// Counted in memory and added to SQL every few seconds: a crash may lose the last of them. While the database is away they wait, up to
/// a bound beyond which they are not counted. Threading: any.
/// </remarks>
internal sealed class RefusedCalls
{
    private const int MaxWaiting = 10_000; // inlets times minutes

    private readonly ConcurrentDictionary<(string InletId, long Minute), long> _waiting = new();

    /// <summary>The sign on a request that its refusal came before the journal.</summary>
    internal static RefusedCalls Sign { get; } = new();

    /// <summary>Looks at every answer of the receiving paths.</summary>
    internal static async ValueTask<object?> CountAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        var http = context.HttpContext;
        if (http.Features.Get<RefusedCalls>() is not null)
        {
            var services = http.RequestServices;
            if (services.GetRequiredService<CollectionRuntime>().FindInlet((string)http.Request.RouteValues["connectionId"]!) is { } found)
                found.Environment.RefusedCalls.Add(found.Inlet.InletId, services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds());
        }
        return result;
    }

    /// <summary>Takes out what waits; the caller adds it to SQL or puts it back.</summary>
    internal List<MetricRow> Take()
    {
        var taken = new List<MetricRow>();
        foreach (var key in _waiting.Keys)
        {
            if (_waiting.TryRemove(key, out var count))
                taken.Add(new MetricRow(Measure.CallFailure, key.InletId, "", key.Minute, count));
        }
        return taken;
    }

    internal void PutBack(IEnumerable<MetricRow> taken)
    {
        foreach (var row in taken)
            Add(row.OwnerId, row.BucketMs, row.Value);
    }

    private void Add(string inletId, long nowMs, long count = 1)
    {
        var key = (inletId, MetricRow.MinuteOf(nowMs));
        if (_waiting.Count < MaxWaiting || _waiting.ContainsKey(key))
            _waiting.AddOrUpdate(key, static (_, more) => more, static (_, known, more) => known + more, count);
    }
}
