namespace Sluice.Audience.Backfills;

/// <summary>A file of the lake is not what its batch says: history cannot be told from there.</summary>
internal sealed class LakeDamagedException(string file, string how) : Exception($"The file {file} of the lake is damaged: {how}");
