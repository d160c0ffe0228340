namespace Sluice.Journal;

/// <summary>No space left on the device, or a quota or file size limit reached.</summary>
internal sealed class DiskFullException(string message, Exception? cause = null) : IOException(message, cause);
