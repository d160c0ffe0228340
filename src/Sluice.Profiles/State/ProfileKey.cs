namespace Sluice.Profiles.State;

/// <summary>What a profile is found by: an id within its namespace.</summary>
/// <param name="Namespace">A data source's number in digits (<c>0</c> for our own device ids), or the code of a namespace that is no data source.</param>
/// <param name="Id">Case counts (audience contract, section 5.1).</param>
public readonly record struct ProfileKey(string Namespace, string Id)
{
    /// <summary>The namespace of device ids (UUID).</summary>
    public const string Device = "0";

    // Namespaces whose ids are of devices everywhere (audience contract, section 5.1), the cookie's own first.
    private static readonly HashSet<string> Devices =
        new(StringComparer.OrdinalIgnoreCase) { Device, "20914", "20915", "121963", "488258", "1171485", "389146", "963906", "1171489", "GAID", "IDFA", "WAID", "AAID", "AdCloud" };

    /// <summary>Whether the id is one of a device, wherever it is used.</summary>
    public bool IsGlobalDevice => Devices.Contains(Namespace);
}
