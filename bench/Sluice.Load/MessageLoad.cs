using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Load;

/// <summary>Messages at a rate, each of somebody never seen before; and when their memberships are seen: by a lookup of some, in the stream of changes of all.</summary>
/// <remarks>Everything counts from when the message was due. A lookup is repeated until it finds the membership, a millisecond apart.</remarks>
internal sealed class MessageLoad(HttpClient http, AudienceTarget audience, SluiceTarget target, int ratePerSecond, int connections, TimeSpan duration)
{
    private const int LookedUpOf = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly LatencyHistogram _answered = new();
    private readonly LatencyHistogram _found = new();
    private readonly LatencyHistogram _streamed = new();
    private readonly ConcurrentDictionary<string, TimeSpan> _open = [];
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private readonly Stopwatch _clock = new();
    private readonly Lock _gate = new();
    private long _next;
    private long _failed;
    private long _expected;

    internal string Answered => _failed == 0 ? Latencies.Describe(_answered) : string.Create(CultureInfo.InvariantCulture, $"{Latencies.Describe(_answered)} and {_failed} refused");

    internal string Found => Latencies.Describe(_found);

    internal string Streamed => _open.IsEmpty ? Latencies.Describe(_streamed) : string.Create(CultureInfo.InvariantCulture, $"{Latencies.Describe(_streamed)} and {_open.Count} never");

    internal async Task RunAsync(CancellationToken cancellation)
    {
        var page = await http.GetStringAsync(new Uri(audience.Address, "/api/sluice/v1/segment-changes?limit=1"), cancellation);
        var after = (long)JsonNode.Parse(page)!["newest"]!;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watching = WatchAsync(after, end.Token);
        _clock.Start();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => SendAsync(cancellation), cancellation)));
        for (var patience = Stopwatch.StartNew(); !_open.IsEmpty && patience.Elapsed < Patience;)
            await Task.Delay(20, cancellation);
        await end.CancelAsync();
        await watching;
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var number = Interlocked.Increment(ref _next) - 1;
            var due = TimeSpan.FromSeconds(number / (double)ratePerSecond);
            if (due >= duration)
                return;
            if (due - _clock.Elapsed is { Ticks: > 0 } wait)
                await Task.Delay(wait, cancellation);
            var (who, product) = ($"{_run}-{number.ToString(CultureInfo.InvariantCulture)}@example.com", number % AudienceTarget.Traits);
            if (AudienceTarget.Qualifies(product))
                _open[who] = due;
            using var content = new StringContent(target.Message(who, $"SKU-{product.ToString(CultureInfo.InvariantCulture)}"), Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(target.Inlet, content, cancellation);
            lock (_gate)
            {
                if (answer.IsSuccessStatusCode)
                    _answered.Record(_clock.Elapsed - due);
                else
                    _failed++;
            }
            if (AudienceTarget.Qualifies(product) && Interlocked.Increment(ref _expected) % LookedUpOf == 0)
                await LookUpAsync(who, due, cancellation);
        }
    }

    private async Task LookUpAsync(string who, TimeSpan due, CancellationToken cancellation)
    {
        var address = new Uri(audience.Address, $"/api/sluice/v1/profiles/Email/{Uri.EscapeDataString(who)}");
        while (_clock.Elapsed - due < Patience)
        {
            using var answer = await http.GetAsync(address, cancellation);
            if (answer.StatusCode == HttpStatusCode.OK && JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellation))!["segments"]!.AsArray().Count > 0)
            {
                lock (_gate)
                    _found.Record(_clock.Elapsed - due);
                return;
            }
            await Task.Delay(1, cancellation);
        }
        Interlocked.Increment(ref _failed);
    }

    private async Task WatchAsync(long after, CancellationToken end)
    {
        try
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Get, new Uri(audience.Address, $"/api/sluice/v1/segment-changes?after={after.ToString(CultureInfo.InvariantCulture)}&namespace=Email"));
            request.Headers.Accept.ParseAdd("text/event-stream");
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end);
            using var reader = new StreamReader(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(end));
            while (await reader.ReadLineAsync(end) is { } line)
            {
                if (!line.StartsWith("data: {\"seq\"", StringComparison.Ordinal))
                    continue;
                if (_open.TryRemove((string)JsonNode.Parse(line["data: ".Length..])!["id"]!, out var due))
                {
                    lock (_gate)
                        _streamed.Record(_clock.Elapsed - due);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Everybody was seen, or nobody waits any more.
        }
    }
}
