using Sluice.Audience;
using Sluice.Collection;
using Sluice.Metrics;

namespace Sluice.Hosting;

/// <summary>What operators and their machines ask: health and metrics. Open to anybody who can reach the listener.</summary>
internal static class OperationsRoutes
{
    internal static void MapOperations(this WebApplication app)
    {
        app.MapGet("/health/live", () => Results.Text("{\"status\":\"live\"}", "application/json"));
        app.MapGet("/health/ready", (IServiceProvider services) =>
        {
            IReadOnlyList<string> faults = [.. services.GetService<CollectionHealth>()?.Faults ?? [], .. services.GetService<AudienceRuntime>()?.Faults ?? []];
            return Results.Json(
                new { status = faults.Count == 0 ? "ready" : "failing", faults }, statusCode: faults.Count == 0 ? 200 : 503);
        });
        app.MapGet("/metrics", (PrometheusText metrics) => Results.Text(metrics.Write(), PrometheusText.ContentType));
    }
}
