using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.Datasets;

/// <summary>The datasets of the catalog, with the paths that older clients and JSON Patches use (contract collection.md 4.1).</summary>
internal static class DatasetRoutes
{
    internal static RouteGroupBuilder MapDatasets(this RouteGroupBuilder catalog)
    {
        catalog.MapGet("/dataSets", (HttpContext http, DatasetOperations dataset) => dataset.ListAsync(http));
        catalog.MapPost("/dataSets", (HttpContext http, DatasetOperations dataset) => dataset.CreateAsync(http));
        foreach (var path in new[] { "/dataSets/{datasetId}", "/v2/dataSets/{datasetId}", "/dataset/{datasetId}" })
        {
            catalog.MapGet(path, (HttpContext http, string datasetId, DatasetOperations dataset) => dataset.GetAsync(http, datasetId));
            catalog.MapMethods(path, ["PUT", "PATCH"],
                (HttpContext http, string datasetId, DatasetOperations dataset) => dataset.ChangeAsync(http, datasetId));
            catalog.MapDelete(path, (HttpContext http, string datasetId, DatasetOperations dataset) => dataset.RemoveAsync(http, datasetId));
        }
        return catalog;
    }
}
