using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Audience.Lists;
using Sluice.Profiles.Engine;

namespace Sluice.Audience.Deliveries.Streams;

/// <summary>One reader of changes as they happen, by server-sent events.</summary>
/// <remarks>
/// Bounds: one slice of changes is in memory; who does not read for ten seconds is cut off, and everybody after a quarter of an hour, so that rights are looked at anew.
/// The id of the last event leads the reader on where it was.
/// </remarks>
internal sealed class ChangeReader(AudienceEnvironment environment, ChangeQuery query, TimeProvider clock, Action closed, CancellationToken stopping) : IResult
{
    private const int ChangesPerRead = 200;
    private const string Retry = "retry: 2000\n\n"; // ms until the reader comes back

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    private readonly ProfileEngine _profiles = environment.Engine!.Profiles;
    private long _position = query.After;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        try
        {
            using var longest = new CancellationTokenSource(Longest, clock);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping, longest.Token);
            await RunAsync(httpContext, end.Token);
        }
        catch (OperationCanceledException)
        {
            // The reader went or was too slow, or is to come back.
        }
        finally
        {
            closed();
        }
    }

    private async Task RunAsync(HttpContext http, CancellationToken end)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await SendAsync(http, Encoding.UTF8.GetBytes(Retry), end);
        for (var isFirst = true; ; isFirst = false)
        {
            var next = environment.Deliveries.Changes.Next;
            var newest = _profiles.CommittedSeq;
            var changes = newest > _position ? await _profiles.ReadChangesAsync(_position, ChangesPerRead, end) : [];
            var text = new MemoryStream();
            if (newest > _position && (_position > 0 || !isFirst))
                WriteMissed(text, (changes.Count > 0 ? changes[0].Seq : newest + 1) - _position - 1);
            var catalogue = environment.Catalogue.Snapshot;
            foreach (var change in changes.Where(change => query.Shows(catalogue, change)))
                WriteChange(text, change);
            if (newest > _position)
                _position = changes.Count > 0 ? changes[^1].Seq : newest;
            if (text.Length > 0)
                await SendAsync(http, text.ToArray(), end);
            if (changes.Count > 0)
                continue;
            await Task.WhenAny(next, Task.Delay(Heartbeat, clock, end));
            end.ThrowIfCancellationRequested();
            if (!next.IsCompleted)
                await SendAsync(http, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $": heartbeat\nid: {_position}\n\n")), end);
        }
    }

    private static async Task SendAsync(HttpContext http, byte[] text, CancellationToken end)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(end);
        patience.CancelAfter(Patience);
        try
        {
            await http.Response.Body.WriteAsync(text, patience.Token);
            await http.Response.Body.FlushAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!end.IsCancellationRequested)
        {
            http.Abort(); // half an event may be on its way
            throw;
        }
    }

    private static void WriteMissed(MemoryStream text, long missed)
    {
        if (missed > 0)
            text.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"event: missed\ndata: {{\"missed\":{missed}}}\n\n")));
    }

    private static void WriteChange(MemoryStream text, SegmentChange change)
    {
        text.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {change.Seq}\nevent: change\ndata: ")));
        using (var json = new Utf8JsonWriter(text, ListAnswer.Format))
            ChangeJson.Write(json, change);
        text.Write("\n\n"u8);
    }
}
