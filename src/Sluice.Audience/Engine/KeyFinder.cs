using Sluice.Audience.Events.Ids;
using Sluice.Profiles.State;

namespace Sluice.Audience.Engine;

/// <summary>Leads from an id, in the words of whoever names it, to the key that its profile is kept under.</summary>
/// <param name="deviceIds">Leads from an ECID to the device it is of.</param>
/// <param name="namespaceOf">The namespace that a code stands for: a data source's number, or the code itself.</param>
internal sealed class KeyFinder(DeviceIds deviceIds, Func<string, string> namespaceOf)
{
    internal const string Ecid = "ECID";
    internal const string Core = "CORE";

    // Codes of the collection door that are data sources of every account here (contract audience.md 5.1).
    private static readonly Dictionary<string, string> Global = new(StringComparer.OrdinalIgnoreCase) { ["GAID"] = "20914", ["IDFA"] = "20915" };

    internal ProfileKey KeyOf(string code, string value)
    {
        if (code.Equals(Ecid, StringComparison.OrdinalIgnoreCase) && DeviceIds.TryParse(value, out var mid))
            return new ProfileKey(ProfileKey.Device, DeviceIds.Format(deviceIds.UuidOf(mid)));
        if (code.Equals(Core, StringComparison.OrdinalIgnoreCase) && DeviceIds.TryParse(value, out _))
            return new ProfileKey(ProfileKey.Device, value);
        return new ProfileKey(code.Length > 0 && char.IsAsciiDigit(code[0]) ? code : Global.GetValueOrDefault(code) ?? namespaceOf(code), value);
    }

    /// <summary>The code of the collection door that is this data source of every account; null for others.</summary>
    internal static string? GlobalCodeOf(string dataSource) => Global.FirstOrDefault(one => one.Value == dataSource).Key;
}
