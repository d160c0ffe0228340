namespace Sluice.Storage;

/// <summary>The database or the disk beneath it cannot serve now: unreachable, locked by another, or full. Doors answer 503.</summary>
public sealed class StoreUnavailableException(string message, Exception inner) : Exception(message, inner);
