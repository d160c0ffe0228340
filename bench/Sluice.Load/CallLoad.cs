using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Load;

/// <summary>Event calls at a rate, each of a visitor never seen before, each answer checked: the latency of a right answer is that from the event to the membership.</summary>
/// <remarks>An open loop as <see cref="LoadGenerator"/>'s: a call counts from when it was due. Code 10 (not applied in time) is a failure, and so is an answer without the cookie.</remarks>
internal sealed class CallLoad(AudienceTarget target, double ratePerSecond, int connections, TimeSpan warmUp, TimeSpan duration)
{
    private static long _visitors;

    private readonly LatencyHistogram _latencies = new();
    private readonly Stopwatch _clock = new();
    private readonly Lock _gate = new();
    private long _next;
    private long _late;
    private long _wrong;
    private long _errors;

    /// <summary>What came of it, as a line.</summary>
    internal async Task<string> RunAsync(CancellationToken cancellation)
    {
        _clock.Start();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => SendAsync(cancellation), cancellation)));
        var seconds = (_clock.Elapsed - warmUp).TotalSeconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Latencies.Describe(_latencies)}, {_latencies.Count / seconds:N0} right answers/s; {_late} with code 10, {_wrong} wrong, {_errors} without answer");
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        var latencies = new LatencyHistogram();
        var (late, wrong, errors) = (0, 0, 0);
        CallConnection? connection = null;
        while (true)
        {
            var number = Interlocked.Increment(ref _next) - 1;
            var due = TimeSpan.FromSeconds(number / ratePerSecond);
            if (due >= warmUp + duration)
                break;
            if (due - _clock.Elapsed is { Ticks: > 0 } wait)
                await Task.Delay(wait, cancellation);
            try
            {
                connection ??= await CallConnection.OpenAsync(target.Address, cancellation);
                var product = number % AudienceTarget.Traits;
                var answer = await connection.GetAsync(
                    string.Create(CultureInfo.InvariantCulture, $"/event?d_uuid={Interlocked.Increment(ref _visitors) + 10_000:D38}&product={product}&d_rtbd=json"), cancellation);
                var took = _clock.Elapsed - due;
                if (due < warmUp)
                    continue;
                if (answer.Span.IndexOf("\"code\":10"u8) >= 0)
                    late++;
                else if (answer.Span.IndexOf("\"stuff\":"u8) < 0 || answer.Span.IndexOf(AudienceTarget.AnswerFor(product)) >= 0 != AudienceTarget.Qualifies(product))
                    wrong++;
                else
                    latencies.Record(took);
            }
            catch (Exception failure) when (failure is IOException or SocketException)
            {
                errors++;
                connection?.Dispose();
                connection = null;
            }
        }
        connection?.Dispose();
        lock (_gate)
        {
            _latencies.Add(latencies);
            (_late, _wrong, _errors) = (_late + late, _wrong + wrong, _errors + errors);
        }
    }

    /// <summary>One kept-open connection that asks and reads answers of a known length.</summary>
    private sealed class CallConnection : IDisposable
    {
        private const string LengthHeader = "Content-Length: ";

        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly byte[] _buffer = new byte[64 * 1024];
        private readonly string _rest;

        private CallConnection(Uri address) => _rest = $" HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n";

        internal static async Task<CallConnection> OpenAsync(Uri address, CancellationToken cancellation)
        {
            var connection = new CallConnection(address);
            await connection._socket.ConnectAsync(address.Host, address.Port, cancellation);
            return connection;
        }

        internal async Task<ReadOnlyMemory<byte>> GetAsync(string pathAndQuery, CancellationToken cancellation)
        {
            await _socket.SendAsync(Encoding.ASCII.GetBytes("GET " + pathAndQuery + _rest), SocketFlags.None, cancellation);
            var (used, headEnd) = (0, -1);
            while ((headEnd = _buffer.AsSpan(0, used).IndexOf("\r\n\r\n"u8)) < 0)
                used += await ReceiveAsync(used, cancellation);
            var head = Encoding.ASCII.GetString(_buffer, 0, headEnd);
            var at = head.IndexOf(LengthHeader, StringComparison.OrdinalIgnoreCase);
            if (at < 0)
                throw new IOException("An answer without a length: " + head);
            var lineEnd = head.IndexOf('\r', at);
            var end = headEnd + 4 + int.Parse(head.AsSpan(at + LengthHeader.Length, (lineEnd < 0 ? head.Length : lineEnd) - at - LengthHeader.Length), CultureInfo.InvariantCulture);
            while (used < end)
                used += await ReceiveAsync(used, cancellation);
            return _buffer.AsMemory(headEnd + 4, end - headEnd - 4);
        }

        public void Dispose() => _socket.Dispose();

        private async Task<int> ReceiveAsync(int used, CancellationToken cancellation)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(used), SocketFlags.None, cancellation);
            return received > 0 ? received : throw new IOException("The server closed the connection.");
        }
    }
}
