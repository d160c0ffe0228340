using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Sluice.Gateway.Bundles;

/// <summary>One XML element of a bundle, read the way real bundles are written: children in any order, blank text is none, booleans in any case; and where it stands.</summary>
internal sealed class BundleElement
{
    private readonly XElement _element;
    private readonly string _file;

    internal BundleElement(XElement element, string file) => (_element, _file) = (element, file);

    internal string Name => _element.Name.LocalName;

    internal SourceSpot Spot => _element is IXmlLineInfo line && line.HasLineInfo()
        ? new SourceSpot(_file, line.LineNumber, line.LinePosition)
        : new SourceSpot(_file, 0, 0);

    /// <summary>The text without blanks around it; null when there is none.</summary>
    internal string? Text => string.Concat(_element.Nodes().OfType<XText>().Select(text => text.Value)).Trim() is { Length: > 0 } text ? text : null;

    /// <summary>The text as it stands, blanks included.</summary>
    internal string RawText => string.Concat(_element.Nodes().OfType<XText>().Select(text => text.Value));

    /// <summary>What is inside: text, or the XML of the children as written.</summary>
    internal string InnerText => _element.HasElements
        ? string.Concat(_element.Nodes().Select(node => node.ToString(SaveOptions.DisableFormatting))).Trim()
        : RawText;

    internal bool HasChildren => _element.HasElements;

    internal bool HasContent => _element.HasElements || Text is not null || _element.HasAttributes;

    internal IEnumerable<BundleElement> Children => _element.Elements().Select(child => new BundleElement(child, _file));

    /// <summary>An attribute without blanks around it; null when it is absent or empty.</summary>
    internal string? Attribute(string name) => _element.Attribute(name)?.Value.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>An attribute as it stands; null when it is absent.</summary>
    internal string? RawAttribute(string name) => _element.Attribute(name)?.Value;

    internal BundleElement? Child(string name) => Children.FirstOrDefault(child => child.Name == name);

    internal IEnumerable<BundleElement> All(string name) => Children.Where(child => child.Name == name);

    internal string? ChildText(string name) => Child(name)?.Text;

    /// <summary>A variable's name from <c>ref</c>; braces around it are taken off (Ruling 2). Null when it is absent or empty.</summary>
    internal string? Ref(string attribute = "ref") => Attribute(attribute) is { } name
        ? name is ['{', .. var inner, '}'] ? inner.Trim() is { Length: > 0 } inside ? inside : null : name
        : null;

    /// <summary>A child's boolean; the default where it is absent, empty or no boolean.</summary>
    internal bool Flag(string child, bool byDefault) => ReadFlag(ChildText(child), byDefault);

    internal bool FlagAttribute(string name, bool byDefault) => ReadFlag(Attribute(name), byDefault);

    /// <summary>A child's whole number; the default where it is absent or empty, null where it is no number.</summary>
    internal int? Number(string child, int byDefault) => ChildText(child) is not { } text ? byDefault
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    internal static bool ReadFlag(string? text, bool byDefault) =>
        string.Equals(text, "true", StringComparison.OrdinalIgnoreCase) || (!string.Equals(text, "false", StringComparison.OrdinalIgnoreCase) && byDefault);
}
