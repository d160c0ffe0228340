namespace Sluice.Collection.SchemaRegistry;

/// <summary>What an Accept header asks the registry for (contract collection.md 3.2).</summary>
/// <param name="MediaType">What the answer says it is.</param>
/// <param name="IsPublished"><c>xdm</c>: names as published; <c>xed</c> has those of ingested records.</param>
/// <param name="Shape">The word between the prefix and <c>+json</c>, such as <c>full-notext</c>; empty for the plain form.</param>
/// <param name="MajorVersion">The first number of <c>version=</c>; null without one.</param>
internal sealed record AcceptForm(string MediaType, bool IsPublished, string Shape, string? MajorVersion)
{
    internal const string PlainJson = "application/json";

    private const string Vendor = "application/vnd.adobe.";

    private static readonly string[] LookupShapes = ["", "full", "notext", "full-notext", "full-desc", "deprecatefield"];
    private static readonly string[] ListShapes = ["", "id"];
    private static readonly string[] DescriptorListShapes = ["id", "link", "", "v2"];

    /// <summary>Without a vendor's media type: the whole document as it stands.</summary>
    internal bool IsPlain => MediaType == PlainJson;

    internal bool IsFull => Shape is "full" or "full-notext" or "full-desc" or "deprecatefield";

    internal bool HasText => Shape is not ("notext" or "full-notext");

    internal static (AcceptForm? Form, RegistryFault? Fault) ForList(string accept) =>
        Choose(accept, ListShapes, needsVersion: false, RegistryFault.BadListAccept);

    internal static (AcceptForm? Form, RegistryFault? Fault) ForLookup(string accept) =>
        Choose(accept, LookupShapes, needsVersion: true, RegistryFault.BadLookupAccept);

    internal static (AcceptForm? Form, RegistryFault? Fault) ForDescriptorList(string accept) =>
        Choose(accept, DescriptorListShapes, needsVersion: false, RegistryFault.BadDescriptorListAccept);

    internal static (AcceptForm? Form, RegistryFault? Fault) ForDescriptor(string accept) =>
        Choose(accept, [""], needsVersion: false, RegistryFault.BadDescriptorAccept);

    // The first alternative that can be served, in the order given.
    private static (AcceptForm? Form, RegistryFault? Fault) Choose(
        string accept, string[] shapes, bool needsVersion, Func<string, RegistryFault> refuse)
    {
        if (accept.Length == 0)
            return (Plain(), null);
        var ofOurs = false;
        foreach (var alternative in accept.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Parse(alternative) is not { } form)
                continue;
            ofOurs = true;
            if (form.IsPlain || (shapes.Contains(form.Shape) && (form.MajorVersion is not null || !needsVersion)))
                return (form, null);
        }
        return (null, ofOurs ? refuse(accept) : RegistryFault.UnknownMediaType(accept));
    }

    private static AcceptForm? Parse(string alternative)
    {
        var parts = alternative.Split(';', StringSplitOptions.TrimEntries);
        var media = parts[0].ToLowerInvariant();
        if (media is "*/*" or "application/*" or PlainJson)
            return Plain();
        if (!media.StartsWith(Vendor, StringComparison.Ordinal) || !media.EndsWith("+json", StringComparison.Ordinal))
            return null;
        var name = media[Vendor.Length..^"+json".Length];
        if (name is not ("xed" or "xdm") && !name.StartsWith("xed-", StringComparison.Ordinal) && !name.StartsWith("xdm-", StringComparison.Ordinal))
            return null;
        return new AcceptForm(media, name.StartsWith("xdm", StringComparison.Ordinal), name.Length > 3 ? name[4..] : "", VersionOf(parts));
    }

    // '1', '1.0' and '1.3' are alike: only the major number is asked for.
    private static string? VersionOf(string[] parts)
    {
        foreach (var parameter in parts.Skip(1))
        {
            if (!parameter.StartsWith("version=", StringComparison.OrdinalIgnoreCase))
                continue;
            var major = parameter["version=".Length..].Trim('"', ' ').Split('.')[0];
            if (major.Length is > 0 and < 10 && major.All(char.IsAsciiDigit))
                return major;
        }
        return null;
    }

    private static AcceptForm Plain() => new(PlainJson, IsPublished: true, "", null);
}
