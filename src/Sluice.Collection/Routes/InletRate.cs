namespace Sluice.Collection.Routes;

/// <summary>How much one inlet takes in a second: two buckets that fill evenly and hold one second's worth (contract collection.md 1.7, 429).</summary>
/// <remarks>Threading: any. Kept across changes of other settings, so that a change does not fill the buckets again.</remarks>
internal sealed class InletRate
{
    private readonly Lock _turn = new();
    private readonly long _requestsPerSecond;
    private readonly long _messagesPerSecond;
    private double _requests;
    private double _messages;
    private long _lastMs = long.MinValue;

    private InletRate(long requestsPerSecond, long messagesPerSecond)
    {
        _requests = _requestsPerSecond = requestsPerSecond;
        _messages = _messagesPerSecond = messagesPerSecond;
    }

    /// <summary>The rate of an inlet's settings, 0 meaning no limit; the known one when it is the same.</summary>
    internal static InletRate? For(long requestsPerSecond, long messagesPerSecond, InletRate? known) =>
        requestsPerSecond == 0 && messagesPerSecond == 0 ? null
        : known is not null && known._requestsPerSecond == requestsPerSecond && known._messagesPerSecond == messagesPerSecond ? known
        : new InletRate(requestsPerSecond, messagesPerSecond);

    /// <summary>Takes a request, or says after how many whole seconds to come again.</summary>
    internal bool TryTakeRequest(long nowMs, out int retryAfterSeconds) => TryTake(ref _requests, _requestsPerSecond, 1, nowMs, out retryAfterSeconds);

    /// <summary>Takes a request's messages, or says after how many whole seconds to come again.</summary>
    /// <remarks>More messages than a second's worth pass when the bucket is full; the next ones wait for it.</remarks>
    internal bool TryTakeMessages(int messages, long nowMs, out int retryAfterSeconds) =>
        TryTake(ref _messages, _messagesPerSecond, messages, nowMs, out retryAfterSeconds);

    private bool TryTake(ref double bucket, long perSecond, int wanted, long nowMs, out int retryAfterSeconds)
    {
        retryAfterSeconds = 0;
        if (perSecond == 0)
            return true;
        lock (_turn)
        {
            Fill(nowMs);
            var missing = Math.Min(wanted, perSecond) - bucket;
            retryAfterSeconds = (int)Math.Ceiling(missing / perSecond);
            if (missing > 0)
                return false;
            bucket -= wanted;
            return true;
        }
    }

    private void Fill(long nowMs)
    {
        var seconds = _lastMs == long.MinValue ? 0 : Math.Max(0, nowMs - _lastMs) / 1_000d;
        _lastMs = Math.Max(nowMs, _lastMs);
        _requests = Math.Min(_requestsPerSecond, _requests + seconds * _requestsPerSecond);
        _messages = Math.Min(_messagesPerSecond, _messages + seconds * _messagesPerSecond);
    }
}
