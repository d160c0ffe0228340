namespace Sluice.Audience.Events.Reading;

/// <summary>What an IAB TCF v2 consent string says of purpose 1, storing and reading on the device: all that is asked of it here.</summary>
internal static class ConsentString
{
    private const int MaxCharacters = 4_096;

    // The core's fields up to the purposes, in bits: version, created, updated, CMP, its version, screen, language, vendor list, policy, two flags, features.
    private const int PurposesAt = 6 + 36 + 36 + 12 + 12 + 6 + 12 + 12 + 6 + 1 + 1 + 12;
    private const int SupportedVersion = 2;

    /// <summary>Whether the call may be processed (contract audience.md 5.3, error 315).</summary>
    /// <param name="gdpr">The parameter <c>gdpr</c>: 1 when the regulation applies, 0 when it does not; empty when not said.</param>
    /// <param name="consent">The parameter <c>gdpr_consent</c>.</param>
    internal static bool Allows(string gdpr, string consent) => gdpr switch
    {
        "0" => true,
        "1" => AllowsStorage(consent) == true,
        _ => AllowsStorage(consent) != false,
    };

    /// <summary>Null when the string cannot be read, or is of another version.</summary>
    internal static bool? AllowsStorage(string consent)
    {
        var core = consent.Split('.')[0];
        if (core.Length is 0 or > MaxCharacters || core.AsSpan().ContainsAnyExcept(Letters))
            return null;
        return 6 * core.Length <= PurposesAt || Bits(core, 0, 6) != SupportedVersion ? null : Bits(core, PurposesAt, 1) == 1;
    }

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly System.Buffers.SearchValues<char> Letters = System.Buffers.SearchValues.Create(Alphabet);

    // Base64url of six bits per letter, first bit first.
    private static int Bits(string core, int from, int count)
    {
        var bits = 0;
        for (var at = from; at < from + count; at++)
            bits = (bits << 1) | ((Alphabet.IndexOf(core[at / 6], StringComparison.Ordinal) >> (5 - at % 6)) & 1);
        return bits;
    }
}
