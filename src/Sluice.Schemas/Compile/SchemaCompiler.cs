using System.Globalization;
using System.Text.Json;
using Sluice.Schemas.Model;

namespace Sluice.Schemas.Compile;

/// <summary>
/// Turns schemas into a graph of nodes. A node stands for a set of schemas that all apply to one value: a schema with the
/// members of its <c>allOf</c>, references followed, becomes one node wherever possible, so that the value is walked once.
/// </summary>
/// <remarks>
/// Nodes are made by a queue, not by recursion, so a schema of any size takes constant stack; a set that was met before is
/// the node that was made for it, which closes cycles.
/// </remarks>
internal sealed class SchemaCompiler
{
    private const int DeepestAllOf = 512;

    private readonly SchemaOptions _options;
    private readonly KeywordReader _reader;
    private readonly ObjectReader _objects;
    private readonly Dictionary<string, SchemaNode> _nodes = new(StringComparer.Ordinal);
    private readonly List<SchemaNode> _made = [];
    private readonly List<(string Key, SchemaNode Node)> _toShare = [];
    private readonly Queue<(SchemaNode Node, SchemaPlace[] Places, NodeRole Role)> _waiting = [];

    private SchemaCompiler(SchemaLibrary library, SchemaOptions options)
    {
        Library = library;
        _options = options;
        _reader = new KeywordReader(options);
        _objects = new ObjectReader(this, _reader);
    }

    public SchemaLibrary Library { get; }

    /// <summary>The node of a whole schema.</summary>
    /// <exception cref="SchemaException">The schema cannot be compiled.</exception>
    public static SchemaNode Compile(JsonElement schema, SchemaOptions options)
    {
        var library = new SchemaLibrary(schema, options);
        var compiler = new SchemaCompiler(library, options);
        var root = compiler.GetValueNode([library.Root]);
        while (compiler._waiting.TryDequeue(out var next))
            compiler.Fill(next.Node, next.Places, next.Role);

        NodeCycles.Refuse(compiler._made);
        foreach (var node in compiler._made)
            node.Seal();
        SharedNodes.Add(compiler._toShare);
        return root;
    }

    /// <summary>The node for a value of its own, such as a property's: it also answers for unknown fields.</summary>
    public SchemaNode GetValueNode(IReadOnlyList<SchemaPlace> places) =>
        Get(places, _options.RefuseUnknownFields ? NodeRole.Closing : NodeRole.Plain);

    /// <summary>The node for a schema that is applied beside others to the same value.</summary>
    public SchemaNode GetBesideNode(SchemaPlace place) => Get([place], NodeRole.Plain);

    private SchemaNode Get(IReadOnlyList<SchemaPlace> places, NodeRole role)
    {
        SchemaPlace[] followed = [.. places.Select(Library.Follow).DistinctBy(place => place.Id)];
        if (Array.TrueForAll(followed, place => place.Element.ValueKind == JsonValueKind.True))
            return SchemaNode.Anything;

        string key = $"{role}:{string.Join(',', followed.Select(place => place.Id).Order())}";
        if (_nodes.TryGetValue(key, out var known))
            return known;
        if (_nodes.Count >= _options.MaxNodes)
        {
            string limit = _options.MaxNodes.ToString(CultureInfo.InvariantCulture);
            throw new SchemaException(followed[0].Location, $"more than {limit} schemas are needed");
        }

        var sharedKey = SharedNodes.KeyOf(_options, role.ToString(), followed);
        if (sharedKey is not null && SharedNodes.Find(sharedKey) is { } shared)
        {
            _nodes.Add(key, shared);
            return shared;
        }

        var node = new SchemaNode(followed[0].Location);
        _nodes.Add(key, node);
        _made.Add(node);
        if (sharedKey is not null)
            _toShare.Add((sharedKey, node));
        _waiting.Enqueue((node, followed, role));
        return node;
    }

    private void Fill(SchemaNode node, SchemaPlace[] places, NodeRole role)
    {
        var all = new List<SchemaPlace>();
        if (role == NodeRole.Alone)
        {
            all.AddRange(places);
        }
        else
        {
            var path = new HashSet<int>();
            foreach (var place in places)
                Spread(place, path, all);
        }

        var parts = new NodeParts(_reader, all);
        node.Types = parts.Types;
        node.TypeNames = parts.TypeNames;
        node.IsNever = all.Exists(place => place.Element.ValueKind == JsonValueKind.False);

        var values = new List<ValueSet>();
        var combinations = new List<Combination>();
        foreach (var place in parts.Joined)
        {
            node.Strings ??= _reader.ReadStrings(place);
            node.Numbers ??= KeywordReader.ReadNumbers(place);
            node.Arrays ??= ReadArrays(place);
            values.AddRange(KeywordReader.ReadValues(place));
            AddCombination(combinations, place, "anyOf", CombinationKind.AnyOf);
            AddCombination(combinations, place, "oneOf", CombinationKind.OneOf);
            if (place.TryGet("not", out var refused))
                combinations.Add(new(CombinationKind.Not, [GetBesideNode(Library.Below(place, "not"))], place.Location, refused.GetRawText()));
        }

        if (parts.Apart.Count > 0)
        {
            SchemaNode[] apart = [.. parts.Apart.Select(place => Get([place], NodeRole.Alone))];
            combinations.Add(new(CombinationKind.AllOf, apart, node.Location));
        }

        node.Objects = _objects.Read(parts.Joined, role == NodeRole.Closing ? DeclaredNames.Of(Library, all) : null);
        node.Values = [.. values];
        node.Combinations = [.. combinations];
    }

    // A schema and the members of its allOf, and of theirs.
    private void Spread(SchemaPlace place, HashSet<int> path, List<SchemaPlace> all)
    {
        place = Library.Follow(place);
        if (!path.Add(place.Id))
            throw new SchemaException(place.Location, "the schema applies itself to the same value without end");
        if (path.Count > DeepestAllOf)
            throw new SchemaException(place.Location, "allOf is nested too deeply");

        if (!all.Contains(place))
            all.Add(place);
        foreach (var member in Branches(place, "allOf"))
            Spread(member, path, all);
        path.Remove(place.Id);
    }

    private void AddCombination(List<Combination> combinations, SchemaPlace place, string keyword, CombinationKind kind)
    {
        if (place.HasAny(keyword))
            combinations.Add(new Combination(kind, [.. Branches(place, keyword).Select(GetBesideNode)], place.Location));
    }

    private SchemaPlace[] Branches(SchemaPlace place, string keyword)
    {
        if (!place.TryGet(keyword, out var list))
            return [];
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            throw place.Fault(keyword, "must be a list of schemas");
        return [.. Enumerable.Range(0, list.GetArrayLength()).Select(i => Library.Below(place, keyword, i.ToString(CultureInfo.InvariantCulture)))];
    }

    private ArrayRules? ReadArrays(SchemaPlace place)
    {
        if (!place.HasAny(SchemaKeywords.OfArrays))
            return null;

        var rules = new ArrayRules
        {
            MinItems = KeywordReader.ReadCount(place, "minItems", 0),
            MaxItems = KeywordReader.ReadCount(place, "maxItems", int.MaxValue),
            UniqueItems = KeywordReader.ReadFlag(place, "uniqueItems"),
        };
        if (place.TryGet("items", out var items) && items.ValueKind == JsonValueKind.Array)
        {
            if (items.GetArrayLength() > 0)
                rules.First = [.. Branches(place, "items").Select(item => GetValueNode([item]))];
            if (place.HasAny("additionalItems"))
                rules.Others = GetValueNode([Library.Below(place, "additionalItems")]);
        }
        else if (place.HasAny("items"))
        {
            rules.Others = GetValueNode([Library.Below(place, "items")]);
        }

        if (place.HasAny("contains"))
            rules.Contains = GetValueNode([Library.Below(place, "contains")]);
        return rules;
    }

    private enum NodeRole
    {
        /// <summary>The schema with all that it refers to.</summary>
        Plain,

        /// <summary>The same, and the object refuses names that nothing declares.</summary>
        Closing,

        /// <summary>The schema without its <c>allOf</c>, whose members stand beside it.</summary>
        Alone,
    }
}
