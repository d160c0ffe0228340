using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.Datasets;

/// <summary>The datasets of the catalog (contract collection.md 4.1).</summary>
internal static class DatasetRoutes
{
    internal static RouteGroupBuilder MapDatasets(this RouteGroupBuilder catalog)
    {
        catalog.MapGet("/dataSets", (HttpContext http, DatasetOperations dataset) => dataset.ListAsync(http));
        catalog.MapPost("/dataSets", (HttpContext http, DatasetOperations dataset) => dataset.CreateAsync(http));
        catalog.MapGet("/dataSets/{datasetId}", (HttpContext http, string datasetId, DatasetOperations dataset) => dataset.GetAsync(http, datasetId));
        catalog.MapMethods("/dataSets/{datasetId}", ["PUT", "PATCH"],
            (HttpContext http, string datasetId, DatasetOperations dataset) => dataset.ChangeAsync(http, datasetId));
        catalog.MapDelete("/dataSets/{datasetId}", DatasetOperations.RemoveAsync);
        return catalog;
    }
}
