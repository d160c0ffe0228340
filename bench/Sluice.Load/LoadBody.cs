using System.Buffers.Text;
using System.IO.Compression;
using System.Text;

namespace Sluice.Load;

/// <summary>A request body as it is sent: the same bytes each time, or with numbers in it that are different each time.</summary>
/// <param name="Bytes">What is sent.</param>
/// <param name="NumberAt">Where a number of sixteen hex digits stands that no two requests share; none in most bodies.</param>
/// <param name="IsGzip">Whether the bytes are compressed and say so.</param>
internal sealed record LoadBody(byte[] Bytes, int[] NumberAt, bool IsGzip)
{
    /// <summary>What stands in a text where a number shall be.</summary>
    internal const string Number = "NNNNNNNNNNNNNNNN";

    private static readonly byte[] NumberBytes = Encoding.ASCII.GetBytes(Number);
    private static long _numbers;

    public static implicit operator LoadBody(byte[] bytes) => new(bytes, [], false);

    /// <summary>A body whose places for numbers are filled anew for each request.</summary>
    internal static LoadBody WithNumbers(byte[] bytes)
    {
        var places = new List<int>();
        for (var at = bytes.AsSpan().IndexOf(NumberBytes); at >= 0;)
        {
            places.Add(at);
            var next = bytes.AsSpan(at + NumberBytes.Length).IndexOf(NumberBytes);
            at = next < 0 ? -1 : at + NumberBytes.Length + next;
        }
        return new LoadBody(bytes, [.. places], false);
    }

    /// <summary>The body compressed as a client would, at the fastest level.</summary>
    internal LoadBody Compressed()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Bytes);
        return new LoadBody(packed.ToArray(), [], true);
    }

    /// <summary>Puts new numbers into a request that begins its body at <paramref name="bodyStart"/>.</summary>
    internal void Renew(byte[] request, int bodyStart)
    {
        if (NumberAt.Length == 0)
            return;
        var first = Interlocked.Add(ref _numbers, NumberAt.Length) - NumberAt.Length;
        foreach (var at in NumberAt)
            Utf8Formatter.TryFormat((ulong)first++, request.AsSpan(bodyStart + at, Number.Length), out _, new System.Buffers.StandardFormat('x', 16));
    }
}
