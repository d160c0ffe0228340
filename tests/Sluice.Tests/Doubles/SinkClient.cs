using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Tests.Doubles;

/// <summary>A record that the sink could not deliver, as its error reporter gets it.</summary>
public sealed record ReportedRecord(int Index, string Reason);

/// <summary>Behaves like the original's published sink client, written from the description of it (contract collection.md 1.10).</summary>
/// <param name="inletUrl">The address a connection shows; the client turns it into the batch path by itself.</param>
public sealed class SinkClient(HttpClient http, string inletUrl, string? token = null)
{
    private const int Tries = 3;

    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(300);

    /// <summary>What was reported, in the order of the records.</summary>
    public List<ReportedRecord> Reported { get; } = [];

    /// <summary>How many requests were sent.</summary>
    public int Requests { get; private set; }

    /// <summary>Sends the records as one request.</summary>
    /// <exception cref="UnauthorizedAccessException">401 or 403: the connector stops.</exception>
    /// <exception cref="InvalidDataException">A failed entry without an xactionId: the client cannot tell which record it was.</exception>
    public async Task SendAsync(params JsonNode[] records)
    {
        var body = new JsonObject { ["messages"] = new JsonArray(records) }.ToJsonString();
        var (status, text) = await PostAsync(body);
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            throw new UnauthorizedAccessException(text);
        if ((int)status >= 300)
        {
            Reported.AddRange(records.Select((_, index) => new ReportedRecord(index, text)));
            return;
        }

        foreach (var entry in JsonNode.Parse(text)!["responses"]!.AsArray())
        {
            if (entry!["status"] is null)
                continue;
            var id = entry["xactionId"]?.GetValue<string>() ?? throw new InvalidDataException("a failed entry has no xactionId");
            Reported.Add(new ReportedRecord(
                int.Parse(id.AsSpan(id.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture), entry["message"]!.GetValue<string>()));
        }
    }

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(string body)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, inletUrl.Replace("/collection/", "/collection/batch/", StringComparison.Ordinal))
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            request.Headers.AcceptEncoding.ParseAdd("gzip");
            if (token is not null)
                request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
            Requests++;
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            if ((int)response.StatusCode < 500 || attempt == Tries)
                return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            await Task.Delay(Wait, TestContext.Current.CancellationToken);
        }
    }
}
