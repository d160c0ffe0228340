using System.Text.Json.Nodes;

namespace Sluice.Collection.Datasets;

/// <summary>A dataset as stored: the catalog object as JSON, with its id and its version.</summary>
internal sealed class Dataset
{
    /// <summary>24 lower-case hex digits.</summary>
    public string DatasetId { get; set; } = "";
    public string Document { get; set; } = "{}";
    public long CreatedMs { get; set; }
    public string CreatedBy { get; set; } = "";
    public long ModifiedMs { get; set; }
    public long Version { get; set; }

    /// <summary>The catalog object, a copy of its own at each call.</summary>
    internal JsonObject Read() => (JsonObject)JsonNode.Parse(Document, documentOptions: new() { MaxDepth = JsonBounds.MaxDepth })!;
}
