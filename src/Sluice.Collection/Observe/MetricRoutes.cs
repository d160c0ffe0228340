using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.Observe;

/// <summary>Observability, <c>/data/infrastructure/observability/insights</c> (contract collection.md 6.1).</summary>
internal static class MetricRoutes
{
    internal static RouteGroupBuilder MapMetrics(this RouteGroupBuilder insights)
    {
        insights.MapPost("/metrics", (Delegate)MetricOperations.QueryAsync);
        insights.MapGet("/metrics", (Delegate)MetricOperations.QueryByGetAsync);
        return insights;
    }
}
