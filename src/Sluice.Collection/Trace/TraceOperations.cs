using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Sluice.Journal.Records;

namespace Sluice.Collection.Trace;

/// <summary>Watching messages come in, and following one of them: an API of our own.</summary>
internal sealed class TraceOperations(IHostApplicationLifetime lifetime, TimeProvider clock)
{
    private const int MaxListeners = 16;
    private const int DefaultPerSecond = 50;
    private const int MaxPerSecond = 1_000;

    private int _listeners;

    /// <summary><c>GET /trace/{xactionId}</c>.</summary>
    internal static async Task<IResult> TraceAsync(HttpContext http, string xactionId)
    {
        if (XactionId.Parse(Uri.UnescapeDataString(xactionId)) is not { } id)
            return CollectionAnswers.BadRequest($"[{xactionId}] is not an xactionId; it looks like 1565628583792:1485:153:0");
        return await new MessageTrace(CollectionEnvironment.Of(http), id).FollowAsync(http.RequestAborted) is { } trace
            ? CollectionAnswers.Json(trace)
            : CollectionAnswers.NotFound($"Nothing is known of [{id.Text}]: it was never given out, or journal and batches have let go of it");
    }

    /// <summary><c>GET /tail</c> as server-sent events, filtered by <c>inlet</c>, <c>dataSet</c> and <c>outcome</c>.</summary>
    internal async Task<IResult> TailAsync(HttpContext http)
    {
        var query = http.Request.Query;
        MessageOutcome? outcome = null;
        switch (query["outcome"].ToString())
        {
            case "":
                break;
            case "accepted":
                outcome = MessageOutcome.Accepted;
                break;
            case "rejected":
                outcome = MessageOutcome.Rejected;
                break;
            default:
                return CollectionAnswers.BadRequest("'outcome' must be accepted or rejected");
        }
        var perSecond = DefaultPerSecond;
        if (query["perSecond"].ToString() is { Length: > 0 } given
            && (!int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out perSecond) || perSecond is < 1 or > MaxPerSecond))
            return CollectionAnswers.BadRequest($"'perSecond' must be a whole number from 1 to {MaxPerSecond}");
        if (Interlocked.Increment(ref _listeners) > MaxListeners)
        {
            Interlocked.Decrement(ref _listeners);
            return CollectionAnswers.Refuse(429, "Too Many Requests", $"{MaxListeners} listeners are there already");
        }

        var filter = new TailFilter(Encoding.UTF8.GetBytes(query["inlet"].ToString()), Encoding.UTF8.GetBytes(query["dataSet"].ToString()), outcome, perSecond);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await new MessageTail(CollectionEnvironment.Of(http).Journal, filter, clock).SendAsync(http.Response, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The listener has left, or the program stops: neither is a fault.
        }
        finally
        {
            Interlocked.Decrement(ref _listeners);
        }
        return Results.Empty;
    }
}
