namespace Sluice.Profiles.Engine;

/// <summary>How the engine goes about its work.</summary>
public sealed class ProfileOptions
{
    /// <summary>Memory for hot profiles of an environment, in bytes; all others are read from the store when they are needed. At least 1 MiB.</summary>
    public long MemoryBudget { get; set; } = 1L << 30;

    /// <summary>Days without an event after which a device is forgotten (audience contract, section 5.2). At least 1.</summary>
    public int DeviceRetentionDays { get; set; } = 120;

    /// <summary>Whether upper and lower case differ in keys and texts of trait rules (audience contract, section 4.1).</summary>
    public bool CaseSensitiveRules { get; set; }

    /// <summary>Devices that a customer's id is linked to; the one linked longest ago goes. At least 1.</summary>
    public int DevicesPerCustomer { get; set; } = 100;

    /// <summary>Customers' ids of one data source that a device is linked to; likewise. At least 1.</summary>
    public int CustomersPerDevice { get; set; } = 10;

    /// <summary>The reason a setting is refused, or null when all are in range.</summary>
    public string? Fault =>
        MemoryBudget < 1L << 20 ? $"MemoryBudget is {MemoryBudget}; it must be at least {1 << 20}"
        : DeviceRetentionDays is < 1 or > 36_500 ? $"DeviceRetentionDays is {DeviceRetentionDays}; it must be between 1 and 36,500"
        : DevicesPerCustomer is < 1 or > 10_000 ? $"DevicesPerCustomer is {DevicesPerCustomer}; it must be between 1 and 10,000"
        : CustomersPerDevice is < 1 or > 10_000 ? $"CustomersPerDevice is {CustomersPerDevice}; it must be between 1 and 10,000"
        : null;
}
