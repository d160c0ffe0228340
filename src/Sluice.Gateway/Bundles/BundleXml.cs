using System.Xml;
using System.Xml.Linq;

namespace Sluice.Gateway.Bundles;

/// <summary>Reads a bundle's XML files, without document types, entities of their own or anything from outside, and within bounds.</summary>
internal static class BundleXml
{
    internal const int MaxDepth = 64;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = BundleFiles.MaxFileBytes,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    };

    /// <summary>The root element, or null after the fault was added.</summary>
    internal static BundleElement? Read(string path, ReadOnlyMemory<byte> content, BundleFaults faults)
    {
        try
        {
            CheckDepth(path, content);
            using var reader = XmlReader.Create(new MemoryStream(content.ToArray(), writable: false), Settings);
            return new BundleElement(XElement.Load(reader, LoadOptions.SetLineInfo | LoadOptions.PreserveWhitespace), path);
        }
        catch (XmlException fault)
        {
            faults.Add("InvalidXML", $"The file is not well-formed XML: {fault.Message}", new SourceSpot(path, fault.LineNumber, fault.LinePosition));
            return null;
        }
    }

    // Elements inside elements are walked by recursion later on, also by the platform.
    private static void CheckDepth(string path, ReadOnlyMemory<byte> content)
    {
        using var reader = XmlReader.Create(new MemoryStream(content.ToArray(), writable: false), Settings);
        while (reader.Read())
        {
            if (reader.Depth > MaxDepth)
                throw new XmlException($"{path} nests elements deeper than {MaxDepth}", null, ((IXmlLineInfo)reader).LineNumber, ((IXmlLineInfo)reader).LinePosition);
        }
    }
}
