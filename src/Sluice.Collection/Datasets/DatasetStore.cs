using Sluice.Collection.Batches;
using Sluice.Collection.Observe;
using Sluice.Storage;

namespace Sluice.Collection.Datasets;

/// <summary>The datasets of an environment in SQL.</summary>
internal sealed class DatasetStore(SqlStore sql)
{
    private const string Columns =
        """
        dataset_id as DatasetId, document as Document, created_ms as CreatedMs, created_by as CreatedBy,
        modified_ms as ModifiedMs, version as Version
        """;

    internal Task<List<Dataset>> ListAsync(CancellationToken cancellation) =>
        sql.ReadAsync(session => session.QueryAsync<Dataset>($"select {Columns} from dataset order by created_ms, dataset_id"), cancellation);

    /// <summary>A page of all datasets by the time of their creation or last change, without reading the rest.</summary>
    internal Task<List<Dataset>> ListPageAsync(bool isByChange, bool isDescending, int start, int limit, CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<Dataset>(
            $"""
            select {Columns} from dataset
            order by {(isByChange ? "modified_ms" : "created_ms")} {(isDescending ? "desc" : "asc")}{(isByChange ? ", created_ms" : "")}, dataset_id
            limit @limit offset @start
            """, new { start = (long)start, limit = (long)limit }), cancellation);

    internal async Task<long> CountAsync(CancellationToken cancellation) =>
        await sql.ReadAsync(session => session.FindAsync<long?>("select count(*) from dataset"), cancellation) ?? 0;

    internal Task<Dataset?> FindAsync(string datasetId, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<Dataset>($"select {Columns} from dataset where dataset_id = @datasetId", new { datasetId }), cancellation);

    internal Task AddAsync(Dataset dataset, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        await session.ExecuteAsync(
            """
            insert into dataset (dataset_id, document, created_ms, created_by, modified_ms, version)
            values (@DatasetId, @Document, @CreatedMs, @CreatedBy, @ModifiedMs, 1)
            """, dataset);
        await MetricStore.AddAsync(session, [new MetricRow(Measure.NewDataset, "", "", MetricRow.MinuteOf(dataset.CreatedMs), 1)]);
    }, cancellation);

    /// <summary>Replaces the document if nobody changed it since it was read; false otherwise.</summary>
    internal Task<bool> TryUpdateAsync(Dataset dataset, CancellationToken cancellation) => sql.WriteAsync(async session =>
        await session.ExecuteAsync(
            """
            update dataset set document = @Document, modified_ms = @ModifiedMs, version = version + 1
            where dataset_id = @DatasetId and version = @Version
            """, dataset) == 1, cancellation);

    /// <summary>Removes a dataset if nobody changed it since it was read, and makes its batches <c>deleted</c>; false otherwise.</summary>
    internal Task<bool> TryRemoveAsync(Dataset dataset, long nowMs, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        // The dataset first: landing holds its row while it registers a batch, and so is either over or will miss it.
        if (await session.ExecuteAsync("delete from dataset where dataset_id = @DatasetId and version = @Version", dataset) == 0)
            return false;
        await BatchStore.MarkDeletedAsync(session, dataset.DatasetId, nowMs);
        return true;
    }, cancellation);
}
