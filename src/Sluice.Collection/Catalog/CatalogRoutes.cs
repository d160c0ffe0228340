using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.Catalog;

/// <summary>The catalog beside datasets and batches: what follows from them, and many requests in one (contract collection.md 4.1).</summary>
internal static class CatalogRoutes
{
    internal static RouteGroupBuilder MapCatalogLists(this RouteGroupBuilder catalog)
    {
        catalog.MapGet("/dataSetFiles", (Delegate)CatalogLists.ListFilesAsync);
        catalog.MapGet("/dataSetFiles/{fileId}", CatalogLists.GetFileAsync);
        catalog.MapGet("/dataSets/{datasetId}/views/{viewId}/files", CatalogLists.ListFilesOfAsync);
        catalog.MapGet("/dataSets/{datasetId}/views", (HttpContext http, string datasetId) => CatalogLists.GetViewAsync(http, datasetId));
        catalog.MapGet("/dataSets/{datasetId}/views/{viewId}", (HttpContext http, string viewId) => CatalogLists.GetViewAsync(http, viewId));
        catalog.MapGet("/dataSetViews", (Delegate)CatalogLists.ListViewsAsync);
        catalog.MapGet("/dataSetViews/{viewId}", CatalogLists.GetViewAsync);
        catalog.MapGet("/lastBatches", (Delegate)CatalogLists.ListLastBatchesAsync);
        catalog.MapGet("/lastBatches/{datasetId}", CatalogLists.GetLastBatchAsync);
        catalog.MapGet("/connections", (Delegate)CatalogLists.ListConnectionsAsync);
        catalog.MapGet("/connections/{id}", CatalogLists.GetConnectionAsync);
        catalog.MapGet("/accounts", (Delegate)CatalogLists.ListAccountsAsync);
        catalog.MapGet("/accounts/{id}", CatalogLists.GetAccountAsync);
        catalog.MapPost("/", (HttpContext http, SubRequests requests) => requests.RunAsync(http));
        return catalog;
    }
}
