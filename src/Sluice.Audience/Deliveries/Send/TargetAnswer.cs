using System.Globalization;

namespace Sluice.Audience.Deliveries.Send;

/// <summary>What a target said to one request, or why nothing was heard of it.</summary>
/// <param name="Status">The HTTP status; 0 when there was none.</param>
/// <param name="Reason">What the operator reads; never holds what was sent.</param>
/// <param name="RetryAfter">How long the target asks to be left alone.</param>
/// <param name="Body">The beginning of the answer's body.</param>
internal sealed record TargetAnswer(int Status, string Reason, TimeSpan? RetryAfter, byte[] Body)
{
    internal bool IsTaken => Status is >= 200 and < 300;

    /// <summary>Whether the same request will never be taken, as far as the target's word goes.</summary>
    internal bool IsRefused => Status is >= 400 and < 500 and not (408 or 429);

    internal static TargetAnswer None(string reason) => new(0, reason, null, []);

    internal static TargetAnswer Of(int status, TimeSpan? retryAfter, byte[] body) =>
        new(status, string.Create(CultureInfo.InvariantCulture, $"Answered {status}"), retryAfter, body);
}
