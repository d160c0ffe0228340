using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Collection.Inlets;

namespace Sluice.Collection.FlowService;

/// <summary>A connection, source connection, target connection or flow: what the flow service keeps (contract collection.md 2.2).</summary>
internal sealed class FlowResource
{
    internal const string Connections = "connections";
    internal const string SourceConnections = "sourceConnections";
    internal const string TargetConnections = "targetConnections";
    internal const string Flows = "flows";

    internal const string Enabled = "enabled";
    internal const string Disabled = "disabled";

    /// <summary>A UUID.</summary>
    public string ResourceId { get; set; } = "";

    /// <summary>One of the four, named as in the path.</summary>
    public string Kind { get; set; } = "";

    /// <summary><c>enabled</c> or <c>disabled</c>; a connection's own is the status of its inlet.</summary>
    public string State { get; set; } = Enabled;

    /// <summary>Where its data comes from: a connection's inlet, a source connection's connection, a flow's source connection; else empty.</summary>
    public string UpstreamId { get; set; } = "";

    /// <summary>Where its data goes: a target connection's dataset, a flow's target connection; else empty.</summary>
    public string DownstreamId { get; set; } = "";

    /// <summary>What the client said and nothing else keeps, as JSON.</summary>
    public string Document { get; set; } = "{}";
    public long CreatedMs { get; set; }
    public string CreatedBy { get; set; } = "";
    public long ModifiedMs { get; set; }
    public string ModifiedBy { get; set; } = "";
    public long Version { get; set; }

    /// <summary>The inlet under a connection; null for the other kinds.</summary>
    internal Inlet? Inlet { get; set; }

    internal bool IsEnabled => (Inlet is null ? State == Enabled : Inlet.Status == Inlet.Active);

    /// <summary>The quotes are part of the string: contract 2.2. A connection has its inlet's version, since either way to it changes both.</summary>
    internal string ETag => $"\"{ResourceId[..8]}-{(Inlet?.Version ?? Version).ToString("x8", CultureInfo.InvariantCulture)}\"";

    internal JsonObject Read() => (JsonObject)JsonNode.Parse(Document, documentOptions: new() { MaxDepth = JsonBounds.MaxDepth })!;
}
