namespace Sluice.Collection.SchemaRegistry;

/// <summary>A stored schema: the document as it is served, and what it is looked up by.</summary>
internal sealed class SchemaResource
{
    /// <summary>Its <c>$id</c>.</summary>
    public string SchemaId { get; set; } = "";

    /// <summary>Its <c>meta:altId</c>.</summary>
    public string AltId { get; set; } = "";
    public string Title { get; set; } = "";

    /// <summary>The whole resource as JSON.</summary>
    public string Document { get; set; } = "";
    public long CreatedMs { get; set; }
    public string CreatedBy { get; set; } = "";
    public long ModifiedMs { get; set; }
    public long Version { get; set; }
}
