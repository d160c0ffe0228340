namespace Sluice.Audience.Events.Gathering;

/// <summary>
/// What a User-Agent header says plainly of the device: system, version, kind, and the model where it is written there (contract audience.md 4.1). No
/// list of devices stands behind it: what the text does not say is not guessed.
/// </summary>
internal static class UserAgent
{
    private const int MaxCharacters = 1_024;

    /// <summary>The keys <c>d_device_…</c> with their values in lower case.</summary>
    internal static IReadOnlyList<(string Key, string Value)> Read(string header)
    {
        var text = (header.Length <= MaxCharacters ? header : header[..MaxCharacters]).ToLowerInvariant();
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var close = open < 0 ? -1 : text.IndexOf(')', open);
        if (close < 0)
            return [];
        var parts = text[(open + 1)..close].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0 ? [] : parts[0] switch
        {
            "iphone" or "ipad" or "ipod" or "ipod touch" => Apple(parts),
            "macintosh" => Signals("mac os x", After(parts, "mac os x ")?.Replace('_', '.'), "desktop", "apple", "macintosh"),
            "x11" => Desktop(parts),
            var first when first.StartsWith("windows nt ", StringComparison.Ordinal) => Signals("windows", After(parts, "windows nt "), "desktop"),
            "linux" or "u" when Array.Exists(parts, IsAndroid) => Android(text, parts),
            var first when IsAndroid(first) => Android(text, parts),
            _ => [],
        };
    }

    private static bool IsAndroid(string part) => part.StartsWith("android", StringComparison.Ordinal);

    private static (string Key, string Value)[] Apple(string[] parts)
    {
        var system = Array.Find(parts, part => part.Contains(" os ", StringComparison.Ordinal)) ?? "";
        var version = system.Split(' ').SkipWhile(word => word != "os").Skip(1).FirstOrDefault()?.Replace('_', '.');
        return Signals("ios", version, parts[0] == "ipad" ? "tablet" : parts[0] == "iphone" ? "mobile phone" : "media player", "apple", parts[0]);
    }

    private static (string Key, string Value)[] Android(string text, string[] parts)
    {
        var at = Array.FindIndex(parts, IsAndroid);
        var version = parts[at].Length > 8 ? parts[at][8..] : null;
        var model = parts.Skip(at + 1).FirstOrDefault(part => part != "wv" && part != "k" && part != "mobile" && part != "tablet" && !IsLanguage(part) && !part.StartsWith("rv:", StringComparison.Ordinal));
        var build = model?.IndexOf(" build/", StringComparison.Ordinal) ?? -1;
        model = build > 0 ? model![..build] : model;
        var vendor = model is null ? null
            : model.StartsWith("sm-", StringComparison.Ordinal) || model.StartsWith("samsung", StringComparison.Ordinal) ? "samsung"
            : model.StartsWith("pixel", StringComparison.Ordinal) ? "google"
            : null;
        return Signals("android", version, text.Contains("mobile", StringComparison.Ordinal) ? "mobile phone" : "tablet", vendor, model);
    }

    // Such as en-us, which old browsers put among the parts.
    private static bool IsLanguage(string part) => part.Length is 2 or 5 && part.All(letter => char.IsAsciiLetterLower(letter) || letter is '-' or '_') && (part.Length == 2 || part[2] is '-' or '_');

    private static (string Key, string Value)[] Desktop(string[] parts) =>
        Array.Find(parts, part => part.StartsWith("cros ", StringComparison.Ordinal)) is { } chrome ? Signals("chrome os", chrome.Split(' ')[^1], "desktop")
        : Array.Exists(parts, part => part.StartsWith("linux", StringComparison.Ordinal)) ? Signals("linux", null, "desktop")
        : [];

    private static string? After(string[] parts, string words)
    {
        var at = Array.Find(parts, part => part.Contains(words, StringComparison.Ordinal));
        return at?[(at.IndexOf(words, StringComparison.Ordinal) + words.Length)..];
    }

    private static (string Key, string Value)[] Signals(string system, string? version, string hardware, string? vendor = null, string? model = null)
    {
        (string Key, string? Value)[] all =
        [
            ("d_device_os_name", system), ("d_device_os_version", version), ("d_device_hardware_type", hardware),
            ("d_device_vendor", vendor), ("d_device_manufacturer", vendor), ("d_device_model", model),
        ];
        return [.. all.Where(one => !string.IsNullOrEmpty(one.Value)).Select(one => (one.Key, one.Value!))];
    }
}
