namespace Sluice.Profiles.Populations;

/// <summary>Which profiles a number counts (audience contract, section 3.15): those of devices, those of people known across devices, or all.</summary>
public enum MetricsType
{
    /// <summary>Devices and people together.</summary>
    All,

    /// <summary>Devices only.</summary>
    Device,

    /// <summary>People known across devices only.</summary>
    CrossDevice,
}

/// <summary>A profile as the sets know it: a small number of its own, and whether it is a device's. Neither changes during its life.</summary>
internal readonly record struct ProfileNumber(int Value, bool IsDevice);
