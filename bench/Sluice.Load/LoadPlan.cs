namespace Sluice.Load;

/// <summary>What to send, how fast, and for how long. Everything is bounded.</summary>
/// <param name="Target">Where to; loopback addresses only.</param>
/// <param name="Bodies">What the requests carry, in turn on each connection.</param>
/// <param name="Messages">How many messages a body holds, for the rate of messages.</param>
/// <param name="Connections">Kept open, one request at a time each: 1 to 1,024.</param>
/// <param name="RatePerSecond">Requests arriving per second, whether or not earlier ones are answered; 0 sends as fast as answers come.</param>
/// <param name="WarmUp">Not counted.</param>
/// <param name="Duration">Counted: at most ten minutes.</param>
internal sealed record LoadPlan(
    Uri Target, IReadOnlyList<LoadBody> Bodies, int Messages, int Connections, double RatePerSecond, TimeSpan WarmUp, TimeSpan Duration)
{
    internal void Check()
    {
        if (!Target.IsLoopback)
            throw new ArgumentException($"{Target} is not on this machine.");
        ArgumentOutOfRangeException.ThrowIfLessThan(Connections, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Connections, 1_024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Duration + WarmUp, TimeSpan.FromMinutes(10));
    }
}

/// <summary>What came of it.</summary>
internal sealed record LoadResult(
    double Seconds, long Requests, long Errors, double RequestsPerSecond, double MessagesPerSecond, double MegabytesPerSecond,
    double P50Ms, double P99Ms, double P999Ms, double MaxMs, IReadOnlyDictionary<int, long> Statuses);
