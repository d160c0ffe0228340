using Microsoft.AspNetCore.Http;

namespace Sluice.Gateway.Messages;

/// <summary>
/// The headers of a message in their order, repeated ones kept apart. Three sources, one view: the request as the server parsed it, a stored entry's
/// fields, or lines of its own. The first two are copied when something is changed, and never before.
/// </summary>
internal sealed class HeaderList
{
    private readonly List<HeaderField> _own = [];
    private IHeaderDictionary? _incoming;
    private HeaderField[]? _shared;

    /// <summary>Forgets everything; what it referred to may be collected.</summary>
    internal void Clear()
    {
        _own.Clear();
        (_incoming, _shared) = (null, null);
    }

    /// <summary>Becomes a view of the headers the server parsed.</summary>
    internal void ShowIncoming(IHeaderDictionary headers)
    {
        Clear();
        _incoming = headers;
    }

    /// <summary>Becomes a view of fields that nobody changes.</summary>
    internal void ShowShared(HeaderField[] fields)
    {
        Clear();
        _shared = fields;
    }

    internal bool IsShared => _shared is not null;

    /// <summary>The fields it shows unchanged; null once it has lines of its own.</summary>
    internal HeaderField[]? Shared => _shared;

    /// <summary>The whole text of the first line of that name; null when there is none.</summary>
    internal string? First(string name)
    {
        if (_incoming is not null)
            return _incoming.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;
        foreach (ref readonly var field in Fields)
        {
            if (IsSame(field.Name, name))
                return field.Value;
        }
        return null;
    }

    /// <summary>The text of every line of that name.</summary>
    internal IReadOnlyList<string> All(string name)
    {
        if (_incoming is not null)
            return _incoming.TryGetValue(name, out var values) ? [.. values.Select(value => value ?? "")] : [];
        List<string>? found = null;
        foreach (ref readonly var field in Fields)
        {
            if (IsSame(field.Name, name))
                (found ??= []).Add(field.Value);
        }
        return found ?? (IReadOnlyList<string>)[];
    }

    internal bool Has(string name) => First(name) is not null;

    /// <summary>Every line; materializes the headers of an incoming request.</summary>
    internal ReadOnlySpan<HeaderField> Fields
    {
        get
        {
            if (_shared is not null)
                return _shared;
            Own();
            return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_own);
        }
    }

    /// <summary>Replaces every line of that name by one, in the place of the first.</summary>
    internal void Set(string name, string value)
    {
        Own();
        var at = _own.FindIndex(field => IsSame(field.Name, name));
        if (at < 0)
        {
            _own.Add(new HeaderField(name, value));
            return;
        }
        _own[at] = new HeaderField(name, value);
        for (var index = _own.Count - 1; index > at; index--)
        {
            if (IsSame(_own[index].Name, name))
                _own.RemoveAt(index);
        }
    }

    /// <summary>Appends a line.</summary>
    internal void Add(string name, string value)
    {
        Own();
        _own.Add(new HeaderField(name, value));
    }

    /// <summary>Takes out every line of that name, or the <paramref name="number"/>th (from 1).</summary>
    internal void Remove(string name, int? number = null)
    {
        if (!Has(name))
            return;
        Own();
        if (number is null)
        {
            _own.RemoveAll(field => IsSame(field.Name, name));
            return;
        }
        var left = number.Value;
        var at = _own.FindIndex(field => IsSame(field.Name, name) && --left == 0);
        if (at >= 0)
            _own.RemoveAt(at);
    }

    internal void RemoveAll()
    {
        Clear();
    }

    /// <summary>Becomes a copy of another message's headers.</summary>
    internal void CopyFrom(HeaderList other)
    {
        if (other._shared is not null)
        {
            ShowShared(other._shared);
            return;
        }
        HeaderField[] fields = [.. other.Fields];
        Clear();
        _own.AddRange(fields);
    }

    private void Own()
    {
        if (_incoming is { } incoming)
        {
            _incoming = null;
            foreach (var (name, values) in incoming)
            {
                foreach (var value in values)
                    _own.Add(new HeaderField(name, value ?? ""));
            }
        }
        else if (_shared is { } shared)
        {
            _shared = null;
            _own.AddRange(shared);
        }
    }

    private static bool IsSame(string one, string other) => ReferenceEquals(one, other) || string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
