namespace Sluice.Gateway.Messages;

/// <summary>One header line as it was sent.</summary>
internal readonly record struct HeaderField(string Name, string Value);
