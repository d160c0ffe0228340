using System.Collections.Frozen;
using System.Text;
using Sluice.Collection.Namespaces;

namespace Sluice.Collection.Routes;

/// <summary>The registered namespaces at one moment: from any spelling of a code to the registered one, allocating nothing.</summary>
internal sealed class NamespaceCodes
{
    private readonly FrozenDictionary<byte[], byte[]>.AlternateLookup<ReadOnlySpan<byte>> _codes;

    internal NamespaceCodes(IEnumerable<IdentityNamespace> custom) => _codes = StandardNamespaces.All.Concat(custom)
        .Select(one => Encoding.UTF8.GetBytes(one.Code)).ToFrozenDictionary(code => code, FoldedKey.Comparer).GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>The standard namespaces alone.</summary>
    internal static NamespaceCodes Standard { get; } = new([]);

    /// <summary>The registered spelling of a code, or null when no namespace has it.</summary>
    internal byte[]? Find(ReadOnlySpan<byte> code) => _codes.TryGetValue(code, out var registered) ? registered : null;

    /// <summary>Compares codes, which are ASCII, without regard to case.</summary>
    private sealed class FoldedKey : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        internal static FoldedKey Comparer { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => Ascii.EqualsIgnoreCase(x, y);

        public int GetHashCode(byte[] obj) => GetHashCode((ReadOnlySpan<byte>)obj);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => Ascii.EqualsIgnoreCase(alternate, other);

        // Seeded per process, as Utf8Key's.
        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            foreach (var one in alternate)
                hash.Add(one is >= (byte)'A' and <= (byte)'Z' ? one | 0x20 : one);
            return hash.ToHashCode();
        }
    }
}
