using Sluice.Collection.Validate;

namespace Sluice.Collection.Observe;

/// <summary>What a metric is counted by, which says what filters it takes.</summary>
internal enum MetricOwner
{
    None,
    Dataset,
    DatasetAndNamespace,
    Inlet,
}

/// <summary>A metric as clients name it.</summary>
/// <param name="Measure">What it shows; null for one that this door knows nothing of.</param>
/// <param name="IsDaily">Whether it has one point a day at most, however fine the granularity.</param>
internal sealed record Metric(MetricOwner Owner, Measure? Measure, bool IsDaily = false);

/// <summary>Every metric of the contract (collection.md 6.1), by its name without the prefix.</summary>
internal static class MetricCatalog
{
    private const string Prefix = "timeseries.";

    private static readonly Dictionary<string, Metric> Metrics = Build();

    /// <summary>Finds a metric by its name, with or without its prefix.</summary>
    internal static Metric? Find(string name) =>
        Metrics.GetValueOrDefault(name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name);

    private static Dictionary<string, Metric> Build()
    {
        var metrics = new Dictionary<string, Metric>(StringComparer.Ordinal)
        {
            ["ingestion.dataset.new.count"] = new(MetricOwner.None, Measure.NewDataset),
            ["ingestion.dataset.size"] = new(MetricOwner.Dataset, Measure.Bytes),
            ["ingestion.dataset.dailysize"] = new(MetricOwner.Dataset, Measure.Bytes, IsDaily: true),
            ["ingestion.dataset.batchfailed.count"] = new(MetricOwner.Dataset, Measure.BatchFailed),
            ["ingestion.dataset.batchsuccess.count"] = new(MetricOwner.Dataset, Measure.BatchSuccess),
            ["ingestion.dataset.recordsuccess.count"] = new(MetricOwner.Dataset, Measure.Valid), // every valid message lands
            ["data.collection.validation.total.messages.rate"] = new(MetricOwner.Dataset, Measure.Total),
            ["data.collection.validation.valid.messages.rate"] = new(MetricOwner.Dataset, Measure.Valid),
            ["data.collection.validation.invalid.messages.rate"] = new(MetricOwner.Dataset, Measure.Invalid),
            ["data.collection.inlet.total.messages.received"] = new(MetricOwner.Inlet, Measure.Received),
            ["data.collection.inlet.total.messages.size.received"] = new(MetricOwner.Inlet, Measure.ReceivedBytes),
            ["data.collection.inlet.success"] = new(MetricOwner.Inlet, Measure.CallSuccess),
            ["data.collection.inlet.failure"] = new(MetricOwner.Inlet, Measure.CallFailure),
            ["identity.dataset.recordsuccess.count"] = new(MetricOwner.Dataset, Measure.IdentitySuccess),
            ["identity.dataset.recordfailed.count"] = new(MetricOwner.Dataset, Measure.IdentityFailed),
            ["identity.dataset.namespacecode.recordsuccess.count"] = new(MetricOwner.DatasetAndNamespace, Measure.NamespaceSuccess),
            ["identity.dataset.namespacecode.recordskipped.count"] = new(MetricOwner.DatasetAndNamespace, Measure.NamespaceSkipped),
            // An identity is taken or skipped; the graph, which could refuse one, belongs to a later door.
            ["identity.dataset.namespacecode.recordfailed.count"] = new(MetricOwner.DatasetAndNamespace, null),
        };
        for (var category = 0; category < ViolationKind.Categories.Length; category++)
            metrics[$"data.collection.validation.category.{ViolationKind.Categories[category]}.count"] = new(MetricOwner.Dataset, Measure.Type + category);

        // Profiles and the identity graph belong to a later door: asked for without fault, and without a datapoint.
        foreach (var name in new[] { "recordread.count", "recordsuccess.count", "recordfailed.count", "batchsuccess.count", "batchfailed.count" })
            metrics[$"profiles.dataset.{name}"] = new(MetricOwner.Dataset, null);
        foreach (var name in new[] { "uniqueidentities.count", "numidgraphs.count" })
            metrics[$"identity.graph.imsorg.{name}"] = new(MetricOwner.None, null);
        return metrics;
    }
}
