namespace Sluice.Gateway;

/// <summary>Marks the connections that came in by a listener of the gateway's own.</summary>
internal sealed class ProxiesOnly
{
    internal static readonly ProxiesOnly Mark = new();
}
