using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.Export;

/// <summary>The batch ingestion API, <c>/data/foundation/import/batches</c>: it takes no files yet, and says so (contract collection.md 4.3).</summary>
/// <remarks>Only the preview of a batch is there. Mapping of raw data, which has a path of its own, is refused likewise.</remarks>
internal static class BatchIngestionRoutes
{
    private static readonly string[] Verbs = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    internal static RouteGroupBuilder MapBatchIngestion(this RouteGroupBuilder import)
    {
        import.MapGet("/batches/{batchId}/datasets/{datasetId}/preview", PreviewOperations.PreviewBatchAsync);
        import.MapMethods("/batches/{**rest}", Verbs, () => NotOffered(
            "Batch ingestion of files is not offered: send messages to POST /collection/{inletId}; "
            + "the batches they land in are at /data/foundation/catalog/batches, their files at /data/foundation/export"));
        return import;
    }

    internal static RouteGroupBuilder MapConversion(this RouteGroupBuilder conversion)
    {
        conversion.MapMethods("/mappingSets/{**rest}", Verbs, () => NotOffered(
            "Mapping of raw data is not offered: send XDM messages to an inlet with the dataType xdm"));
        return conversion;
    }

    private static IResult NotOffered(string detail) => CollectionAnswers.Refuse(501, "Not Implemented", detail);
}
