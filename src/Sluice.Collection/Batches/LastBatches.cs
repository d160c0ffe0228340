namespace Sluice.Collection.Batches;

/// <summary>The newest batches of a dataset, for its catalog object.</summary>
internal sealed class LastBatches
{
    public string BatchId { get; set; } = "";
    public string Status { get; set; } = "";
    public string? SuccessId { get; set; }
    public string? FailedId { get; set; }
    public long CreatedMs { get; set; }
    public long UpdatedMs { get; set; }
}
