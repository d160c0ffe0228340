using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>How often one address may ask token endpoints and sign-in pages, and how often it may be wrong.</summary>
/// <remarks>
/// A minute's window per address; an IPv6 network of 64 bits counts as one address, since whoever has one has all of it. Bounded: at
/// <see cref="MaxAddresses"/> the counts begin anew. Per node: two nodes allow twice as much.
/// </remarks>
internal sealed class RequestBounds(AccessOptions options, TimeProvider clock)
{
    private const int MaxAddresses = 100_000;
    private const long WindowMs = 60_000;

    private readonly Lock _turn = new();
    private readonly Dictionary<IPAddress, Counts> _counts = [];

    /// <summary>Counts a request; the answer when there were too many, else null.</summary>
    internal IResult? Refuse(HttpContext http)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        long wait;
        lock (_turn)
        {
            var counts = Of_NeedsLock(http, now);
            if (counts.Requests < options.RequestsPerMinute && counts.Refusals < options.RefusalsPerMinute)
            {
                counts.Requests++;
                return null;
            }
            wait = counts.BeganMs + WindowMs - now;
        }
        http.Response.Headers.RetryAfter = Math.Max(1, (wait + 999) / 1_000).ToString(CultureInfo.InvariantCulture);
        return GrantOutcome.Refuse("too_many_requests", "Too many requests or refusals from this address; wait.", 429).Result(http);
    }

    /// <summary>Counts a request that was refused.</summary>
    internal void CountRefusal(HttpContext http)
    {
        lock (_turn)
            Of_NeedsLock(http, clock.GetUtcNow().ToUnixTimeMilliseconds()).Refusals++;
    }

    private Counts Of_NeedsLock(HttpContext http, long nowMs)
    {
        var address = Network(http.Connection.RemoteIpAddress ?? IPAddress.None);
        if (_counts.TryGetValue(address, out var counts) && nowMs - counts.BeganMs < WindowMs)
            return counts;
        if (counts is null && _counts.Count >= MaxAddresses)
            _counts.Clear();
        return _counts[address] = new Counts { BeganMs = nowMs };
    }

    private static IPAddress Network(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private sealed class Counts
    {
        internal long BeganMs { get; init; }
        internal int Requests { get; set; }
        internal int Refusals { get; set; }
    }
}
