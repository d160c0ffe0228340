using System.Security.Cryptography;

namespace Sluice.Audience.Deliveries.Send;

/// <summary>How long to leave a target alone: twice as long with each failure, at most five minutes, half of it by chance so that many do not come back together.</summary>
internal static class BackOff
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    internal static TimeSpan After(long failures, TimeSpan first, TimeSpan? asked)
    {
        var most = Math.Min(first.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 30)), Math.Max(first.TotalMilliseconds, Longest.TotalMilliseconds));
        var pause = TimeSpan.FromMilliseconds(most * (0.5 + RandomNumberGenerator.GetInt32(1_000) / 2_000d));
        return asked > pause ? asked.Value : pause;
    }
}
