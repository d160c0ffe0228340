using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.Export;

/// <summary>The data access API, <c>/data/foundation/export</c> (contract collection.md 4.4).</summary>
internal static class ExportRoutes
{
    internal static RouteGroupBuilder MapExport(this RouteGroupBuilder export)
    {
        export.MapGet("/batches/{batchId}/files", ExportOperations.ListFilesAsync);
        export.MapGet("/batches/{batchId}/failed", ExportOperations.GetFailedAsync);
        export.MapMethods("/files/{fileId}", ["GET", "HEAD"], ExportOperations.GetFileAsync);
        export.MapGet("/datasets/{datasetId}/preview", ExportOperations.PreviewAsync);
        return export;
    }
}
