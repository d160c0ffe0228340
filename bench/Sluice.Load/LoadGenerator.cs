using System.Diagnostics;
using System.Net.Sockets;

namespace Sluice.Load;

/// <summary>Sends a plan's requests and measures them.</summary>
/// <remarks>
/// With a rate the loop is open: request k is due at k / rate whatever happened before, a free connection takes the next due one, and its
/// latency counts from when it was due. So a server that stalls is charged for every request that would have arrived meanwhile
/// (no coordinated omission). Waiting has the resolution of the timer, about a millisecond.
/// </remarks>
internal sealed class LoadGenerator(LoadPlan plan)
{
    private readonly LatencyHistogram _latencies = new();
    private readonly Dictionary<int, long> _statuses = [];
    private readonly Stopwatch _clock = new();
    private long _next;
    private long _counted;
    private long _errors;

    internal async Task<LoadResult> RunAsync(CancellationToken cancellation)
    {
        plan.Check();
        _clock.Start();
        await Task.WhenAll(Enumerable.Range(0, plan.Connections).Select(_ => Task.Run(() => SendAsync(cancellation), cancellation)));
        var seconds = (_clock.Elapsed - plan.WarmUp).TotalSeconds;
        return new LoadResult(
            seconds, _counted, _errors, _counted / seconds, _counted * plan.Messages / seconds, _counted * (double)plan.Bodies.Average(body => body.Bytes.Length) / seconds / 1e6,
            _latencies.PercentileMs(0.5), _latencies.PercentileMs(0.99), _latencies.PercentileMs(0.999), _latencies.MaxMs, _statuses);
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        var latencies = new LatencyHistogram();
        var statuses = new Dictionary<int, long>();
        HttpConnection? connection = null;
        try
        {
            while (true)
            {
                var due = Due(Interlocked.Increment(ref _next) - 1);
                if (due >= plan.WarmUp + plan.Duration)
                    break;
                if (due - _clock.Elapsed is { Ticks: > 0 } wait)
                    await Task.Delay(wait, cancellation);
                try
                {
                    connection ??= await HttpConnection.OpenAsync(plan.Target, plan.Bodies, cancellation);
                    var status = await connection.ExchangeAsync(cancellation);
                    if (due < plan.WarmUp)
                        continue;
                    statuses[status] = statuses.GetValueOrDefault(status) + 1;
                    latencies.Record(_clock.Elapsed - due);
                }
                catch (Exception failure) when (failure is IOException or SocketException)
                {
                    Interlocked.Increment(ref _errors);
                    connection?.Dispose();
                    connection = null;
                }
            }
        }
        finally
        {
            connection?.Dispose();
        }

        lock (_statuses)
        {
            _latencies.Add(latencies);
            _counted += latencies.Count;
            foreach (var (status, count) in statuses)
                _statuses[status] = _statuses.GetValueOrDefault(status) + count;
        }
    }

    // Without a rate a request is due when a connection is free for it.
    private TimeSpan Due(long number) => plan.RatePerSecond > 0 ? TimeSpan.FromSeconds(number / plan.RatePerSecond) : _clock.Elapsed;
}
