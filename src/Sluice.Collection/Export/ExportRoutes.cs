using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.Export;

/// <summary>The data access API, <c>/data/foundation/export</c> (contract collection.md 4.4).</summary>
internal static class ExportRoutes
{
    private static readonly string[] Reading = ["GET", "HEAD"];

    internal static RouteGroupBuilder MapExport(this RouteGroupBuilder export)
    {
        export.MapMethods("/batches/{batchId}/files", Reading, ExportOperations.ListFilesAsync);
        export.MapMethods("/batches/{batchId}/failed", Reading, ExportOperations.GetFailedAsync);
        export.MapMethods("/batches/{batchId}/meta", Reading, ExportOperations.GetMetaAsync);
        export.MapMethods("/files/{fileId}", Reading, ExportOperations.GetFileAsync);
        export.MapGet("/datasets/{datasetId}/preview", PreviewOperations.PreviewAsync);
        export.MapGet("/batches/{batchId}/datasets/{datasetId}/preview", PreviewOperations.PreviewBatchAsync);
        return export;
    }
}
