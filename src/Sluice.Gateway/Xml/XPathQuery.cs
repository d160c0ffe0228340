using System.Collections.Concurrent;
using System.Xml;
using System.Xml.XPath;

namespace Sluice.Gateway.Xml;

/// <summary>An XPath 1.0 expression with its namespaces, compiled once (contract gateway.md 7).</summary>
/// <remarks>Threading: immutable; the platform evaluates copies of what it compiled.</remarks>
internal sealed class XPathQuery
{
    internal const int MaxCharacters = 4_000;

    // Expressions also come from variables; a client that makes them up must not fill the memory.
    private const int MostKept = 1_000;

    private static readonly ConcurrentDictionary<string, XPathQuery?> Known = new(StringComparer.Ordinal);

    private readonly XPathExpression _expression;

    private XPathQuery(XPathExpression expression) => _expression = expression;

    /// <summary>Whether it can give nodes; a number or a text cannot be made nodes of.</summary>
    internal bool GivesNodes => _expression.ReturnType is XPathResultType.NodeSet or XPathResultType.Any;

    /// <summary>The expression of a text; null, and the reason, when it is none or uses a prefix that no namespace has.</summary>
    internal static XPathQuery? Parse(string text, IEnumerable<KeyValuePair<string, string>> namespaces, out string? fault)
    {
        fault = null;
        if (text.Length > MaxCharacters)
        {
            fault = $"it is longer than {MaxCharacters} characters";
            return null;
        }
        try
        {
            var names = new XmlNamespaceManager(new NameTable());
            foreach (var (prefix, uri) in namespaces)
                names.AddNamespace(prefix, uri);
            var expression = XPathExpression.Compile(text);
            expression.SetContext(names);
            return new XPathQuery(expression);
        }
        catch (Exception wrong) when (wrong is XPathException or ArgumentException)
        {
            fault = wrong.Message;
            return null;
        }
    }

    /// <summary>The expression of texts that are only known when it runs; null when it is none.</summary>
    internal static XPathQuery? Of(string text, IReadOnlyList<string> prefixes)
    {
        var key = $"{text}\n{string.Join('\n', prefixes)}";
        if (Known.TryGetValue(key, out var known))
            return known;
        var made = Parse(text, prefixes.Select(one => one.Split(':', 2)).Where(one => one.Length == 2).Select(one => KeyValuePair.Create(one[0], one[1])), out _);
        if (Known.Count < MostKept && key.Length <= 2 * MaxCharacters)
            Known[key] = made;
        return made;
    }

    /// <summary>What it finds as text: of nodes the first one's, or with <paramref name="asXml"/> the XML of all; null when it finds nothing.</summary>
    internal string? Find(XPathNavigator document, bool asXml)
    {
        try
        {
            return document.Evaluate(_expression) switch
            {
                XPathNodeIterator nodes => asXml ? Xml(nodes) : nodes.MoveNext() ? nodes.Current!.Value : null,
                bool flag => flag ? "true" : "false",
                double number => XmlConvert.ToString(number),
                var text => text?.ToString(),
            };
        }
        catch (XPathException)
        {
            return null;
        }
    }

    private static string? Xml(XPathNodeIterator nodes)
    {
        const int Most = 10_000;
        var parts = new List<string>();
        while (nodes.MoveNext() && parts.Count < Most)
            parts.Add(nodes.Current!.OuterXml);
        return parts.Count == 0 ? null : string.Concat(parts);
    }
}

/// <summary>XML of messages and variables, which clients and targets send: without document types, entities or anything from outside.</summary>
internal static class XmlContent
{
    internal const int MaxCharacters = 10 << 20;
    internal const int MaxDepth = 256;

    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxCharacters };

    /// <summary>The document; null when the text is none.</summary>
    internal static XPathNavigator? Read(string text)
    {
        try
        {
            using (var depth = XmlReader.Create(new StringReader(text), Settings))
            {
                while (depth.Read())
                {
                    if (depth.Depth > MaxDepth)
                        return null;
                }
            }
            using var reader = XmlReader.Create(new StringReader(text), Settings);
            return new XPathDocument(reader, XmlSpace.Preserve).CreateNavigator();
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
