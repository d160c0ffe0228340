using System.Globalization;
using System.Text;
using Sluice.Journal.Records;

namespace Sluice.Audience.Events.Ids;

/// <summary>An id that the caller says is the visitor's (contract audience.md 5.3: <c>d_cid</c>).</summary>
/// <param name="DataSource">Whose id it is.</param>
/// <param name="Value">The id; case matters.</param>
/// <param name="State">Whether the visitor is signed in with it.</param>
internal readonly record struct DeclaredId(long DataSource, string Value, AuthenticatedState State)
{
    /// <summary>As records name the data source.</summary>
    internal string Namespace => DataSource.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes ids in the form that records hold.</summary>
    internal static byte[] Encode(IReadOnlyList<DeclaredId> ids)
    {
        var bytes = new byte[ids.Sum(one => 32 + Encoding.UTF8.GetByteCount(one.Value))];
        var count = 0;
        foreach (var id in ids)
        {
            var identity = new Identity(Encoding.UTF8.GetBytes(id.Namespace), Encoding.UTF8.GetBytes(id.Value), isPrimary: false, id.State);
            if (!IdentityEncoder.TryWrite(bytes.AsSpan(count), identity, out var written))
                throw new System.Diagnostics.UnreachableException("The door bounds ids far below what a record takes.");
            count += written;
        }
        return bytes[..count];
    }
}
