using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Traits;

/// <summary>Whom an algorithmic trait takes of a model's audience: the most accurate, or the first so many (contract audience.md 3.3 and 5.10).</summary>
internal static class ModelThreshold
{
    internal const string Reach = "REACH";
    internal const string Accuracy = "ACCURACY";

    private const long MaxReach = 25_000_000;

    private static readonly string[] Types = [Reach, Accuracy];

    /// <summary>The trait with what the body says of its model. Only algorithmic traits have one, and they lack what others have.</summary>
    internal static Trait Read(Body body, Trait read, CatalogueSnapshot catalogue)
    {
        if (read.TraitType != Trait.Algorithmic)
        {
            if (body.Number("algoModelId", null) is not (null or 0))
                body.Refuse("algoModelId", "must be absent from a trait that is not algorithmic");
            return read;
        }
        RefuseForeign(body, read);
        var modelId = body.Number("algoModelId", read.AlgoModelId) ?? 0;
        if (modelId == 0)
            body.Refuse("algoModelId", "is required");
        else if (catalogue.Find(Kinds.Models, modelId) is null)
            body.Refuse("algoModelId", $"names no model: {modelId}");
        return ReadThreshold(body, read with { AlgoModelId = modelId });
    }

    // The web client says "accuracy" where other clients say which threshold it is.
    private static Trait ReadThreshold(Body body, Trait read)
    {
        var isAccuracy = body.Has("accuracy") && !body.Has("thresholdValue");
        var type = body.Word("thresholdType", isAccuracy ? Accuracy : read.ThresholdType, Types);
        var name = isAccuracy ? "accuracy" : "thresholdValue";
        var value = body.Decimal(name, read.ThresholdValue);
        if (type is null)
            body.Refuse("thresholdType", $"must be one of {string.Join(", ", Types)}");
        else if (value is null)
            body.Refuse(name, "is required");
        else if (type == Accuracy && value is < 0 or > 1)
            body.Refuse(name, "must be from 0 to 1");
        else if (type == Reach && (value is < 1 or > MaxReach || value != Math.Truncate(value.Value)))
            body.Refuse(name, $"must be a whole number from 1 to {MaxReach}");
        return read with { ThresholdType = type, ThresholdValue = value };
    }

    // An answer has these members empty, and clients send whole answers back.
    private static void RefuseForeign(Body body, Trait read)
    {
        if (!string.IsNullOrEmpty(read.Comments))
            body.Refuse("comments", "must be absent from an algorithmic trait");
        if (read.PixelType != 0)
            body.Refuse("type", "must be absent from an algorithmic trait");
    }
}
