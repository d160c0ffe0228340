using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Sluice.Tests.Doubles;

/// <summary>Stands between a store and the tests' PostgreSQL, and can be cut and mended: to the store, the database goes away and comes back.</summary>
internal sealed class CuttableWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<TcpClient> _ends = [];
    private readonly int _port;
    private readonly Task _accepting;
    private bool _isCut;

    private CuttableWire(string connection)
    {
        _port = new NpgsqlConnectionStringBuilder(connection).Port;
        _listener.Start();
        Connection = new NpgsqlConnectionStringBuilder(connection) { Port = ((IPEndPoint)_listener.LocalEndpoint).Port, Timeout = 2 }.ToString();
        _accepting = AcceptAsync();
    }

    /// <summary>Leads to a database of its own through the wire.</summary>
    internal string Connection { get; }

    internal static async Task<CuttableWire> OpenAsync() => new(await PostgresServer.NewDatabaseAsync());

    /// <summary>Ends every connection, and each new one at once.</summary>
    internal void Cut()
    {
        lock (_gate)
        {
            _isCut = true;
            foreach (var end in _ends)
                end.Dispose();
            _ends.Clear();
        }
    }

    internal void Mend()
    {
        lock (_gate)
            _isCut = false;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Cut();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptTcpClientAsync(_stop.Token);
                var far = new TcpClient();
                lock (_gate)
                {
                    if (_isCut)
                    {
                        near.Dispose();
                        continue;
                    }
                    _ends.AddRange([near, far]);
                }
                await far.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
                _ = Task.WhenAll(CarryAsync(near, far), CarryAsync(far, near));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task CarryAsync(TcpClient from, TcpClient to)
    {
        try
        {
            from.NoDelay = to.NoDelay = true;
            await from.GetStream().CopyToAsync(to.GetStream());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }
        finally
        {
            from.Dispose();
            to.Dispose();
        }
    }
}
