using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Sluice.Audience.Catalogue;
using Sluice.Audience.DataSources;
using Sluice.Audience.Engine;
using Sluice.Audience.Events.Ids;
using Sluice.Profiles.State;

namespace Sluice.Audience.Lookup;

/// <summary>The names that profiles go by in questions and answers: namespace and id, or both in one text, the XID.</summary>
/// <remarks>What a code means is looked up in the catalogue: the engine's own table belongs to whoever applies events.</remarks>
internal sealed class ProfileNames
{
    private const char BetweenNamespaceAndId = '\0'; // in no namespace

    // The codes that the collection door has from the start, in their registered spelling, and the numbers by which clients of the original know some.
    private static readonly string[] Registered =
        ["ECID", "Email", "AdCloud", "AAID", "IDFA", "APNS", "CORE", "Email_LC_SHA256", "FCM", "GAID", "GCLID", "Phone", "Phone_E.164", "Phone_SHA256", "Phone_SHA256_E.164", "TNTID", "WAID"];

    private static readonly Dictionary<string, string> Numbers = new(StringComparer.Ordinal) { ["4"] = "ECID", ["6"] = "Email", ["411"] = "AdCloud" };

    private readonly KeyFinder _keys;
    private readonly CatalogueSnapshot _catalogue;
    private readonly Lazy<Dictionary<string, long>> _codes;

    internal ProfileNames(CatalogueSnapshot catalogue, DeviceIds deviceIds)
    {
        (_catalogue, _keys) = (catalogue, new KeyFinder(deviceIds, NamespaceOf));
        _codes = new(() =>
        {
            var codes = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
            foreach (var source in catalogue.Table(Kinds.DataSources).Rows)
            {
                foreach (var code in new[] { source.IntegrationCode, source.CustomNamespaceCode }.OfType<string>())
                    codes.TryAdd(code, source.Id);
            }
            return codes;
        });
    }

    /// <summary>The key of an id within a data source or a namespace; a number is a data source's.</summary>
    internal ProfileKey KeyOf(string name, string id) => _keys.KeyOf(name == "4" ? KeyFinder.Ecid : name, id);

    /// <summary>The same where a number may be that of a standard namespace, as clients of the collection door write it (contract collection.md 5.1).</summary>
    internal ProfileKey KeyOfNamespace(string name, string id) => KeyOf(Numbers.GetValueOrDefault(name, name), id);

    /// <summary>What a key's namespace is called: <c>CORE</c> for devices, a data source's code, or the code itself.</summary>
    internal string CodeOf(ProfileKey key) =>
        key.Namespace == ProfileKey.Device ? KeyFinder.Core
        : KeyFinder.GlobalCodeOf(key.Namespace) ?? (long.TryParse(key.Namespace, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && _catalogue.Find(Kinds.DataSources, id) is { } source ? CodeOf(source) : key.Namespace);

    /// <summary>Namespace and id in one text, for addresses.</summary>
    internal static string XidOf(ProfileKey key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key.Namespace + BetweenNamespaceAndId + key.Id));

    /// <summary>Reads what <see cref="XidOf"/> wrote.</summary>
    internal static ProfileKey? KeyOfXid(string xid)
    {
        if (!Base64Url.IsValid(xid))
            return null;
        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(xid));
        return text.IndexOf(BetweenNamespaceAndId, StringComparison.Ordinal) is var at and > 0 && at < text.Length - 1 ? new ProfileKey(text[..at], text[(at + 1)..]) : null;
    }

    private string NamespaceOf(string code) =>
        _codes.Value.TryGetValue(code, out var id) ? id.ToString(CultureInfo.InvariantCulture)
        : Array.Find(Registered, one => one.Equals(code, StringComparison.OrdinalIgnoreCase)) ?? code;

    private static string CodeOf(DataSource source) => string.IsNullOrEmpty(source.IntegrationCode) ? source.CustomNamespaceCode : source.IntegrationCode;
}
