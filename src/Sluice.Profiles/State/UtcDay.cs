namespace Sluice.Profiles.State;

/// <summary>Days as the engine counts them: whole UTC days since 1970-01-01 (audience contract, section 13, note 7).</summary>
internal static class UtcDay
{
    internal const int SecondsOfDay = 24 * 60 * 60;

    internal static int Of(long seconds) => (int)Math.DivRem(seconds, SecondsOfDay).Quotient;

    // Two bytes then last until 2042.
    private const int Near = 18_262; // 2020-01-01

    /// <summary>A day as a small number, whether it lies before 2020 or after.</summary>
    internal static ulong Pack(int day) => (ulong)(((long)(day - Near) << 1) ^ ((long)(day - Near) >> 63));

    internal static int Unpack(ulong packed) => (int)((long)(packed >> 1) ^ -(long)(packed & 1)) + Near;

    /// <summary>The day on which a trait is no longer held, unless it is realized again: 00:00 UTC of it (contract section 5.2). Never for a life of 0.</summary>
    /// <param name="lastDay">Of its last realization.</param>
    /// <param name="ttlDays">The trait's life.</param>
    internal static int EndOf(int lastDay, int ttlDays) => ttlDays == 0 ? int.MaxValue : lastDay + ttlDays + 1;
}
