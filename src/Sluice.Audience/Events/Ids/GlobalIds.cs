using System.Buffers;
using System.Globalization;

namespace Sluice.Audience.Events.Ids;

/// <summary>The data sources of device ids that every account shares, and what their ids look like (contract audience.md 5.1).</summary>
internal static class GlobalIds
{
    /// <summary>UUIDs.</summary>
    internal const long Uuid = 0;

    /// <summary>MIDs, also called ECIDs.</summary>
    internal const long Mid = 4;

    private const int MaxCharacters = 64;
    private const string GuidShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    private const string NoDevice = "00000000-0000-0000-0000-000000000000"; // what devices send whose owner limits tracking

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> UpperHex = SearchValues.Create("0123456789ABCDEF");

    /// <summary>Whether a data source is of advertising ids that all accounts share.</summary>
    internal static bool IsAdvertising(long dataSource) =>
        dataSource is 20914 or 20915 or 121963 or 488258 or 1171485 or 389146 or 963906 or 1171489;

    /// <summary>Whether an id stands for a data source of all accounts, so that no object of an account may have it.</summary>
    internal static bool IsReserved(long id) => id is Uuid or Mid || IsAdvertising(id);

    /// <summary>The data source that goes by a code of all accounts, such as <c>DSID_20914</c>.</summary>
    internal static long? Find(string code) =>
        code.StartsWith("DSID_", StringComparison.OrdinalIgnoreCase)
        && long.TryParse(code.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && IsAdvertising(id) ? id : null;

    /// <summary>Whether an id is one that such a device has.</summary>
    internal static bool IsWellFormed(long dataSource, string id) => dataSource switch
    {
        20914 or 121963 or 488258 or 1171485 => IsGuid(id, LowerHex),
        20915 => IsGuid(id, UpperHex),
        _ => id.Length is > 0 and <= MaxCharacters && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'),
    };

    private static bool IsGuid(string id, SearchValues<char> hex)
    {
        if (id.Length != GuidShape.Length || id == NoDevice)
            return false;
        for (var at = 0; at < id.Length; at++)
        {
            if (GuidShape[at] == '-' ? id[at] != '-' : !hex.Contains(id[at]))
                return false;
        }
        return true;
    }
}
