using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>Concurrent clients that post requests as fast as they are answered and note what they were told.</summary>
public sealed class Senders(House house, Ledger ledger)
{
    private const int Clients = 6;
    private const int MessagesPerRequest = 25;

    /// <summary>Sends until <paramref name="stop"/>, which lets the requests under way finish, or until nobody answers any more.</summary>
    public Task RunAsync(string address, string datasetId, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(() => SendAllAsync(address, datasetId, stop), CancellationToken.None)));

    /// <summary>Sends one request of <paramref name="count"/> messages; returns the number of the first, or -1 when it was not acknowledged.</summary>
    public async Task<int> SendOnceAsync(string address, string datasetId, int count = MessagesPerRequest)
    {
        using var http = Client(address);
        var first = ledger.Reserve(count);
        return await PostAsync(http, first, count, datasetId) ? first : -1;
    }

    private static HttpClient Client(string address) =>
        new(new SocketsHttpHandler()) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(30) };

    private async Task SendAllAsync(string address, string datasetId, CancellationToken stop)
    {
        using var http = Client(address);
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var first = ledger.Reserve(MessagesPerRequest);
                if (!await PostAsync(http, first, MessagesPerRequest, datasetId))
                    await Task.Delay(TimeSpan.FromMilliseconds(50), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // told to come later
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException)
        {
            // The server is gone; what was not answered stays in flight.
        }
    }

    private async Task<bool> PostAsync(HttpClient http, int first, int count, string datasetId)
    {
        using var content = new StringContent(SentMessage.Request(first, count, house, datasetId), Encoding.UTF8, "application/json");
        using var response = await http.PostAsync($"/collection/{house.InletId}", content, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        switch (response.StatusCode)
        {
            case HttpStatusCode.MultiStatus:
                Note(answer, first, count);
                return true;
            case HttpStatusCode.ServiceUnavailable when response.Headers.RetryAfter is not null:
                ledger.TellTurnedAway();
                return false;
            default:
                ledger.Surprise($"a request was answered {(int)response.StatusCode}: {Encoding.UTF8.GetString(answer)}");
                return false;
        }
    }

    private void Note(byte[] answer, int first, int count)
    {
        using var document = JsonDocument.Parse(answer);
        var entries = document.RootElement.GetProperty("responses");
        if (entries.GetArrayLength() != count)
            ledger.Surprise($"{count} messages got {entries.GetArrayLength()} verdicts");
        var number = first;
        foreach (var entry in entries.EnumerateArray())
        {
            var isGood = !entry.TryGetProperty("status", out _);
            if (isGood != SentMessage.IsGood(number))
                ledger.Surprise($"message {number} was {(isGood ? "accepted" : "refused")}: {entry}");
            ledger.Tell(number++, isGood ? MessageFate.Accepted : MessageFate.Refused);
        }
    }
}
