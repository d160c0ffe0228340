using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Load;

/// <summary>One kept-open HTTP/1.1 connection that sends a few requests in turn again and again: the least a client can cost.</summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly (byte[] Bytes, int BodyStart, LoadBody Body)[] _requests;
    private int _next;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _used;

    private HttpConnection(Uri target, IEnumerable<LoadBody> bodies) => _requests = [.. bodies.Select(body =>
    {
        var encoding = body.IsGzip ? "Content-Encoding: gzip\r\n" : "";
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST {target.PathAndQuery} HTTP/1.1\r\nHost: {target.Authority}\r\nContent-Type: application/json\r\n{encoding}Content-Length: {body.Bytes.Length}\r\n\r\n"));
        return ((byte[])[.. head, .. body.Bytes], head.Length, body);
    })];

    internal static async Task<HttpConnection> OpenAsync(Uri target, IEnumerable<LoadBody> bodies, CancellationToken cancellation)
    {
        var connection = new HttpConnection(target, bodies);
        await connection._socket.ConnectAsync(target.Host, target.Port, cancellation);
        return connection;
    }

    /// <summary>Sends one request, reads its whole answer, returns its status.</summary>
    internal async Task<int> ExchangeAsync(CancellationToken cancellation)
    {
        var (request, bodyStart, body) = _requests[_next++ % _requests.Length];
        body.Renew(request, bodyStart);
        for (var sent = 0; sent < request.Length;)
            sent += await _socket.SendAsync(request.AsMemory(sent), SocketFlags.None, cancellation);

        _used = 0;
        int headEnd;
        while ((headEnd = _buffer.AsSpan(0, _used).IndexOf("\r\n\r\n"u8)) < 0)
            await ReceiveAsync(cancellation);
        var head = Encoding.ASCII.GetString(_buffer, 0, headEnd);
        var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        await SkipBodyAsync(head, headEnd + 4, cancellation);
        return status;
    }

    public void Dispose() => _socket.Dispose();

    private async Task SkipBodyAsync(string head, int bodyStart, CancellationToken cancellation)
    {
        const string lengthHeader = "Content-Length: ";
        var at = head.IndexOf(lengthHeader, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            // Chunked: the last chunk ends the answer, and nothing follows it on this connection.
            while (!_buffer.AsSpan(0, _used).EndsWith("\r\n0\r\n\r\n"u8))
            {
                if (_used > _buffer.Length / 2)
                {
                    _buffer.AsSpan(_used - 16, 16).CopyTo(_buffer); // only the end matters
                    _used = 16;
                }
                await ReceiveAsync(cancellation);
            }
            return;
        }

        var lineEnd = head.IndexOf('\r', at);
        var length = long.Parse(head.AsSpan(at + lengthHeader.Length, (lineEnd < 0 ? head.Length : lineEnd) - at - lengthHeader.Length), CultureInfo.InvariantCulture);
        for (var left = length - (_used - bodyStart); left > 0; left -= _used)
        {
            _used = 0;
            await ReceiveAsync(cancellation);
        }
    }

    private async Task ReceiveAsync(CancellationToken cancellation)
    {
        var received = await _socket.ReceiveAsync(_buffer.AsMemory(_used), SocketFlags.None, cancellation);
        if (received == 0)
            throw new IOException("The server closed the connection.");
        _used += received;
    }
}
