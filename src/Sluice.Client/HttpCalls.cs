namespace Sluice.Client;

/// <summary>How the client speaks HTTP: bounded in time and size, over connections that follow a change of address.</summary>
internal static class HttpCalls
{
    private const int MaxAnswerBytes = 64 << 20; // a catalogue's longest page; answers to messages stay far below
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    internal static HttpClient Client(HttpMessageHandler? handler, TimeSpan timeout) =>
        new(handler ?? new SocketsHttpHandler { PooledConnectionLifetime = ConnectionLifetime, ConnectTimeout = ConnectTimeout, AllowAutoRedirect = false }, handler is null)
        {
            Timeout = timeout,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
}
