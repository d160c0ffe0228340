namespace Sluice.Collection.Inlets;

/// <summary>A streaming connection: where producers send, and on whose behalf (contract collection.md 2.1).</summary>
internal sealed class Inlet
{
    /// <summary>64 lower-case hex digits: the id in the collection URL.</summary>
    public string InletId { get; set; } = "";
    public string Name { get; set; } = "";
    public string Description { get; set; } = "";
    public string SourceId { get; set; } = "";

    /// <summary><c>xdm</c> or <c>raw</c>.</summary>
    public string DataType { get; set; } = "xdm";
    public bool AuthenticationRequired { get; set; }

    /// <summary>Where messages go that name no dataset; empty for none. An extension of ours.</summary>
    public string DatasetId { get; set; } = "";
    public long CreatedMs { get; set; }
    public string CreatedBy { get; set; } = "";
    public long ModifiedMs { get; set; }
    public string ModifiedBy { get; set; } = "";
    public long Version { get; set; }
}
