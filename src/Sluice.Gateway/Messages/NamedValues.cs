using System.Text;

namespace Sluice.Gateway.Messages;

/// <summary>Query or form parameters in their order: names case-sensitive, values decoded (contract gateway.md 5.2).</summary>
internal sealed class NamedValues
{
    internal const int Most = 5_000;

    private readonly List<(string Name, string Value)> _items = [];

    internal IReadOnlyList<(string Name, string Value)> Items => _items;

    internal void Clear() => _items.Clear();

    /// <summary>Takes <c>a=1&amp;b=2</c> apart; what comes after the first <see cref="Most"/> is left out.</summary>
    internal void Parse(ReadOnlySpan<char> text)
    {
        _items.Clear();
        foreach (var range in text.Split('&'))
        {
            var pair = text[range];
            if (pair.IsEmpty || _items.Count == Most)
                continue;
            var equals = pair.IndexOf('=');
            _items.Add(equals < 0 ? (Decode(pair), "") : (Decode(pair[..equals]), Decode(pair[(equals + 1)..])));
        }
    }

    internal string? First(string name)
    {
        foreach (var (one, value) in _items)
        {
            if (one == name)
                return value;
        }
        return null;
    }

    internal IReadOnlyList<string> All(string name) => [.. _items.Where(item => item.Name == name).Select(item => item.Value)];

    internal void Add(string name, string value) => _items.Add((name, value));

    internal void Set(string name, string value)
    {
        var at = _items.FindIndex(item => item.Name == name);
        Remove(name);
        _items.Insert(at < 0 ? _items.Count : at, (name, value));
    }

    internal void Remove(string name, int? number = null)
    {
        if (number is null)
        {
            _items.RemoveAll(item => item.Name == name);
            return;
        }
        var left = number.Value;
        var at = _items.FindIndex(item => item.Name == name && --left == 0);
        if (at >= 0)
            _items.RemoveAt(at);
    }

    /// <summary>The parameters as they are sent.</summary>
    internal string Encode()
    {
        var text = new StringBuilder();
        foreach (var (name, value) in _items)
            text.Append(text.Length == 0 ? "" : "&").Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        return text.ToString();
    }

    /// <summary>A name or value as the sender meant it: <c>+</c> is a blank, what is no escape stays as it is.</summary>
    internal static string Decode(ReadOnlySpan<char> text) =>
        text.IndexOfAny('%', '+') < 0 ? text.ToString() : Uri.UnescapeDataString(text.ToString().Replace('+', ' '));
}
