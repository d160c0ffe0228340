namespace Sluice.Journal.Records;

/// <summary>FNV-1a, 64 bits: the hash that decides which partition a person's records go to. Part of the record format, so it never changes.</summary>
public static class PartitionHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>Hashes an identity: its namespace code, a zero byte, its value.</summary>
    public static ulong Of(ReadOnlySpan<byte> namespaceCode, ReadOnlySpan<byte> value)
    {
        var hash = Add(Offset, namespaceCode);
        hash = (hash ^ 0) * Prime;
        return Add(hash, value);
    }

    private static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
            hash = (hash ^ one) * Prime;
        return hash;
    }
}
