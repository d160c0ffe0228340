namespace Sluice.Collection.Namespaces;

/// <summary>The namespaces that every environment has from the start, without a row in SQL (contract collection.md 5.1).</summary>
internal static class StandardNamespaces
{
    private const long SinceMs = 1_546_300_800_000; // 2019-01-01: they are older than any installation

    // The ids 4, 6 and 411 are the original's; those from 901 on are ours, below 1,000 so that they meet none of the others.
    internal static IReadOnlyList<IdentityNamespace> All { get; } =
    [
        Of(4, "ECID", "ECID", "COOKIE", "The visitor's id that the data collection service gives"),
        Of(6, "Email", "Email", "EMAIL", "An e-mail address"),
        Of(411, "AdCloud", "AdCloud", "COOKIE", "The visitor's id in the advertising cloud"),
        Of(901, "AAID", "Adobe Analytics", "COOKIE", "The older visitor's id of web analytics"),
        Of(902, "IDFA", "Apple IDFA (ID for Advertisers)", "DEVICE", "The advertising id of an Apple device"),
        Of(903, "APNS", "Apple Push Notification service", "DEVICE", "The push token of an Apple device"),
        Of(904, "CORE", "CORE", "COOKIE", "The visitor's id in audience management"),
        Of(905, "Email_LC_SHA256", "Email (SHA256, lowercased)", "EMAIL", "The SHA-256 hash of an e-mail address in lower case"),
        Of(906, "FCM", "Firebase Cloud Messaging", "DEVICE", "The push token of an Android device"),
        Of(907, "GAID", "Google Ad ID", "DEVICE", "The advertising id of an Android device"),
        Of(908, "GCLID", "Google Click ID", "COOKIE", "The id of a click on an advertisement"),
        Of(909, "Phone", "Phone", "PHONE", "A telephone number"),
        Of(910, "Phone_E.164", "Phone (E.164)", "PHONE", "A telephone number with its country code"),
        Of(911, "Phone_SHA256", "Phone (SHA256)", "PHONE", "The SHA-256 hash of a telephone number"),
        Of(912, "Phone_SHA256_E.164", "Phone (SHA256_E.164)", "PHONE", "The SHA-256 hash of a telephone number with its country code"),
        Of(913, "TNTID", "TNTID", "COOKIE", "The visitor's id in testing and targeting"),
        Of(914, "WAID", "Windows AID", "DEVICE", "The advertising id of a Windows device"),
    ];

    internal static bool Has(string foldedCode) => All.Any(one => one.FoldedCode == foldedCode);

    private static IdentityNamespace Of(long id, string code, string name, string idType, string description) => new()
    {
        Id = id,
        Code = code,
        Name = name,
        IdType = idType,
        Description = description,
        CreatedMs = SinceMs,
        ModifiedMs = SinceMs,
    };
}
