using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Collection;

/// <summary>A JSON Patch (RFC 6902) as clients send it to the registry, the catalog, the flow service and for failed messages.</summary>
/// <remarks>Parsed once and applied to many documents; no package that restores does this on <see cref="JsonNode"/> (docs/decisions/0009).</remarks>
internal sealed class JsonPatch
{
    private const int MaxOperations = 1_000;
    private const int MaxPointerSegments = 128; // deeper than a field of any document that is read
    private const int MaxDepth = 2 * JsonFormat.MaxDepth;
    private const int MaxCopiedNodes = 100_000; // copies of copies grow without end otherwise

    private readonly Operation[] _operations;

    private JsonPatch(Operation[] operations) => _operations = operations;

    private enum Verb
    {
        Add,
        Remove,
        Replace,
        Move,
        Copy,
        Test,
    }

    private sealed record Operation(Verb Verb, string[] Path, string[] From, JsonNode? Value, string PathText);

    /// <summary>The pointers the operations write to, in order, as sent.</summary>
    internal IEnumerable<string> Paths => _operations.Select(operation => operation.PathText);

    internal bool IsEmpty => _operations.Length == 0;

    /// <summary>Reads the array of operations; the fault names the first that is wrong.</summary>
    internal static (JsonPatch? Patch, string? Fault) Parse(JsonNode? sent)
    {
        if (sent is not JsonArray array)
            return (null, "A JSON Patch must be an array of operations");
        if (array.Count > MaxOperations)
            return (null, $"A JSON Patch must not have more than {MaxOperations} operations");

        var operations = new Operation[array.Count];
        for (var index = 0; index < array.Count; index++)
        {
            var (operation, fault) = ParseOne(array[index]);
            if (operation is null)
                return (null, $"Operation {index} of the JSON Patch: {fault}");
            operations[index] = operation;
        }
        return (new JsonPatch(operations), null);
    }

    /// <summary>Applies every operation in order to <paramref name="document"/>, which is changed; on a fault it is left half changed and must be dropped.</summary>
    /// <returns>The document (another node only when its root was replaced), or the fault with the operation that failed.</returns>
    internal (JsonNode? Document, string? Fault) Apply(JsonNode? document)
    {
        var growth = new Growth { Depth = Measure(document).Depth };
        for (var index = 0; index < _operations.Length; index++)
        {
            if (Apply(_operations[index], ref document, growth) is { } fault)
                return (null, $"Operation {index} of the JSON Patch at [{_operations[index].PathText}]: {fault}");
        }
        return (document, null);
    }

    private static (Operation? Operation, string? Fault) ParseOne(JsonNode? sent)
    {
        if (sent is not JsonObject one)
            return (null, "must be an object");
        if (!Enum.TryParse<Verb>(Text(one["op"]), ignoreCase: true, out var verb) || Text(one["op"]) is [>= '0' and <= '9', ..])
            return (null, "'op' must be add, remove, replace, move, copy or test");
        if (Text(one["path"]) is not { } pathText || ParsePointer(pathText) is not { } path)
            return (null, "'path' must be a JSON Pointer");

        string[] from = [];
        if (verb is Verb.Move or Verb.Copy)
        {
            if (Text(one["from"]) is not { } fromText || ParsePointer(fromText) is not { } parsed)
                return (null, "'from' must be a JSON Pointer");
            from = parsed;
            if (verb == Verb.Move && path.Length > from.Length && path.AsSpan(0, from.Length).SequenceEqual(from))
                return (null, "'path' lies inside 'from'");
        }
        return verb is Verb.Add or Verb.Replace or Verb.Test && !one.ContainsKey("value")
            ? (null, "'value' is missing")
            : (new Operation(verb, path, from, one["value"], pathText), null);
    }

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    /// <summary>Splits a JSON Pointer (RFC 6901) into its segments; null when it is none.</summary>
    internal static string[]? ParsePointer(string pointer)
    {
        if (pointer.Length == 0)
            return [];
        if (pointer[0] != '/' || pointer.AsSpan().Count('/') > MaxPointerSegments)
            return null;
        var segments = pointer[1..].Split('/');
        for (var index = 0; index < segments.Length; index++)
            segments[index] = segments[index].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        return segments;
    }

    /// <summary>How deep the document may have become, and how much was copied: an upper bound that needs no walk.</summary>
    private sealed class Growth
    {
        internal int Depth { get; set; }

        internal int CopiedNodes { get; set; }
    }

    private static string? Apply(Operation operation, ref JsonNode? document, Growth growth)
    {
        var valueDepth = operation.Verb switch
        {
            Verb.Add or Verb.Replace => Measure(operation.Value).Depth,
            Verb.Move or Verb.Copy => growth.Depth - operation.From.Length,
            _ => 0,
        };
        growth.Depth = Math.Max(growth.Depth, operation.Path.Length + valueDepth);
        if (growth.Depth > MaxDepth)
            return $"the document would nest deeper than {MaxDepth} levels";
        if (operation.Verb == Verb.Copy && TryFind(document, operation.From, out var source)
            && (growth.CopiedNodes += Measure(source).Nodes) > MaxCopiedNodes)
            return $"the patch copies more than {MaxCopiedNodes} values";
        return Apply(operation, ref document);
    }

    private static (int Depth, int Nodes) Measure(JsonNode? root)
    {
        var (depth, nodes) = (0, 0);
        var waiting = new Stack<(JsonNode? Node, int Depth)>([(root, 1)]);
        while (waiting.TryPop(out var next))
        {
            depth = Math.Max(depth, next.Depth);
            nodes++;
            if (next.Node is JsonObject map)
            {
                foreach (var (_, member) in map)
                    waiting.Push((member, next.Depth + 1));
            }
            else if (next.Node is JsonArray list)
            {
                foreach (var item in list)
                    waiting.Push((item, next.Depth + 1));
            }
        }
        return (depth, nodes);
    }

    private static string? Apply(Operation operation, ref JsonNode? document)
    {
        switch (operation.Verb)
        {
            case Verb.Add:
                return Add(ref document, operation.Path, operation.Value?.DeepClone());
            case Verb.Remove:
                return Remove(ref document, operation.Path, out _);
            case Verb.Replace:
                return Remove(ref document, operation.Path, out _) ?? Add(ref document, operation.Path, operation.Value?.DeepClone());
            case Verb.Move:
                return Remove(ref document, operation.From, out var moved) ?? Add(ref document, operation.Path, moved);
            case Verb.Copy:
                return TryFind(document, operation.From, out var copied) ? Add(ref document, operation.Path, copied?.DeepClone()) : "'from' does not exist";
            default:
                return !TryFind(document, operation.Path, out var found) ? "does not exist"
                    : JsonNode.DeepEquals(found, operation.Value) ? null : "the test failed";
        }
    }

    private static bool TryFind(JsonNode? document, ReadOnlySpan<string> path, out JsonNode? found)
    {
        found = document;
        foreach (var segment in path)
        {
            switch (found)
            {
                case JsonObject map when map.TryGetPropertyValue(segment, out var member):
                    found = member;
                    break;
                case JsonArray array when TryIndex(segment, array.Count - 1, out var index):
                    found = array[index];
                    break;
                default:
                    return false;
            }
        }
        return true;
    }

    private static string? Add(ref JsonNode? document, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            document = value;
            return null;
        }
        if (!TryFind(document, path.AsSpan(0, path.Length - 1), out var parent))
            return "its parent does not exist";
        switch (parent)
        {
            case JsonObject map:
                map[path[^1]] = value;
                return null;
            case JsonArray array when path[^1] == "-":
                array.Add(value);
                return null;
            case JsonArray array when TryIndex(path[^1], array.Count, out var index):
                array.Insert(index, value);
                return null;
            case JsonArray:
                return "is no index of the array";
            default:
                return "its parent is neither an object nor an array";
        }
    }

    private static string? Remove(ref JsonNode? document, string[] path, out JsonNode? removed)
    {
        removed = document;
        if (path.Length == 0)
        {
            document = null;
            return null;
        }
        if (!TryFind(document, path, out removed) || !TryFind(document, path.AsSpan(0, path.Length - 1), out var parent))
            return "does not exist";
        if (parent is JsonObject map)
            map.Remove(path[^1]);
        else if (TryIndex(path[^1], ((JsonArray)parent!).Count - 1, out var index))
            ((JsonArray)parent).RemoveAt(index);
        return null;
    }

    // RFC 6901: digits without a leading zero.
    private static bool TryIndex(string segment, int greatest, out int index) =>
        int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out index)
        && index <= greatest && (segment.Length == 1 || segment[0] != '0');
}
