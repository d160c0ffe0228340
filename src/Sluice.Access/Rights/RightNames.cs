using System.Collections.Frozen;

namespace Sluice.Access;

/// <summary>The words in which rights are written on the wire: contract audience.md sections 3.13 and 6.</summary>
public static class RightNames
{
    private static readonly (ObjectRights Right, string Name)[] Rights =
    [
        (ObjectRights.Read, "READ"), (ObjectRights.Write, "WRITE"), (ObjectRights.Create, "CREATE"), (ObjectRights.Delete, "DELETE"),
        (ObjectRights.MapToSegments, "MAP_TO_SEGMENTS"), (ObjectRights.MapToModels, "MAP_TO_MODELS"),
        (ObjectRights.MapToDestinations, "MAP_TO_DESTINATIONS"), (ObjectRights.CreateAlgoTraits, "CREATE_ALGO_TRAITS"),
    ];

    private static readonly (ObjectKind Kind, string Name, ObjectRights Possible)[] Kinds =
    [
        (ObjectKind.Trait, "TRAIT", ObjectRights.Read | ObjectRights.Write | ObjectRights.Create | ObjectRights.Delete
            | ObjectRights.MapToSegments | ObjectRights.MapToModels | ObjectRights.CreateAlgoTraits),
        (ObjectKind.Segment, "SEGMENT", ObjectRights.Read | ObjectRights.Write | ObjectRights.Create | ObjectRights.Delete
            | ObjectRights.MapToModels | ObjectRights.MapToDestinations),
        (ObjectKind.Destination, "DESTINATION", ObjectRights.Read | ObjectRights.Write | ObjectRights.Create | ObjectRights.Delete),
    ];

    private static readonly FrozenDictionary<string, (ObjectKind Kind, ObjectRights Right)> ObjectWildcards =
        new Dictionary<string, (ObjectKind, ObjectRights)>
        {
            ["VIEW_ALL_TRAITS"] = (ObjectKind.Trait, ObjectRights.Read),
            ["CREATE_ALL_TRAITS"] = (ObjectKind.Trait, ObjectRights.Create),
            ["EDIT_ALL_TRAITS"] = (ObjectKind.Trait, ObjectRights.Write),
            ["DELETE_ALL_TRAITS"] = (ObjectKind.Trait, ObjectRights.Delete),
            ["MAP_ALL_TO_SEGMENTS"] = (ObjectKind.Trait, ObjectRights.MapToSegments),
            ["MAP_ALL_TRAITS_TO_MODELS"] = (ObjectKind.Trait, ObjectRights.MapToModels),
            ["CREATE_ALL_ALGO_TRAITS"] = (ObjectKind.Trait, ObjectRights.CreateAlgoTraits),
            ["VIEW_ALL_SEGMENTS"] = (ObjectKind.Segment, ObjectRights.Read),
            ["CREATE_ALL_SEGMENTS"] = (ObjectKind.Segment, ObjectRights.Create),
            ["EDIT_ALL_SEGMENTS"] = (ObjectKind.Segment, ObjectRights.Write),
            ["DELETE_ALL_SEGMENTS"] = (ObjectKind.Segment, ObjectRights.Delete),
            ["MAP_ALL_SEGMENTS_TO_MODELS"] = (ObjectKind.Segment, ObjectRights.MapToModels),
            ["MAP_ALL_TO_DESTINATIONS"] = (ObjectKind.Segment, ObjectRights.MapToDestinations),
            ["VIEW_ALL_DESTINATIONS"] = (ObjectKind.Destination, ObjectRights.Read),
            ["CREATE_DESTINATIONS"] = (ObjectKind.Destination, ObjectRights.Create),
            ["EDIT_ALL_DESTINATIONS"] = (ObjectKind.Destination, ObjectRights.Write),
            ["DELETE_ALL_DESTINATIONS"] = (ObjectKind.Destination, ObjectRights.Delete),
        }.ToFrozenDictionary();

    /// <summary>Wildcards that are about a whole area instead of a kind of object. The last four are ours: no original has one program with three doors.</summary>
    public static IReadOnlyList<string> AreaWildcards { get; } =
    [
        "VIEW_MODELS", "VIEW_DERIVED_SIGNALS", "CREATE_DERIVED_SIGNALS", "EDIT_DERIVED_SIGNALS", "DELETE_DERIVED_SIGNALS", "VIEW_TAGS",
        "MANAGE_SEGMENT_TEST_GROUPS", "VIEW_ALL_SIGNALS", ViewCollection, EditCollection, ViewGateway, EditGateway,
    ];

    /// <summary>See what the Collection door manages: datasets, schemas, connections, failed messages.</summary>
    public const string ViewCollection = "VIEW_COLLECTION";

    /// <summary>Change what the Collection door manages.</summary>
    public const string EditCollection = "EDIT_COLLECTION";

    /// <summary>See what the Gateway door manages.</summary>
    public const string ViewGateway = "VIEW_GATEWAY";

    /// <summary>Change what the Gateway door manages.</summary>
    public const string EditGateway = "EDIT_GATEWAY";

    /// <summary>Whether this is a wildcard that a group may hold.</summary>
    public static bool IsWildcard(string name) => ObjectWildcards.ContainsKey(name) || AreaWildcards.Contains(name);

    /// <summary>The wildcards about one kind of object, in the order of the contract's table.</summary>
    public static IEnumerable<string> WildcardsOf(ObjectKind kind) => ObjectWildcards.Where(one => one.Value.Kind == kind).Select(one => one.Key).Order(StringComparer.Ordinal);

    /// <summary>Every wildcard there is.</summary>
    internal static IEnumerable<string> Wildcards => ObjectWildcards.Keys.Concat(AreaWildcards).Order(StringComparer.Ordinal);

    /// <summary>The rights that exist on one kind of object.</summary>
    public static ObjectRights PossibleOn(ObjectKind kind) => Kinds[(int)kind].Possible;

    /// <summary>The kind's name, such as <c>SEGMENT</c>.</summary>
    public static string NameOf(ObjectKind kind) => Kinds[(int)kind].Name;

    /// <summary>Finds a kind by its name; the case does not matter.</summary>
    public static bool TryParseKind(string name, out ObjectKind kind)
    {
        var index = Array.FindIndex(Kinds, one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        kind = index < 0 ? default : Kinds[index].Kind;
        return index >= 0;
    }

    /// <summary>Finds a right by its name; <c>MAP_TO_DESTINATION</c> is another spelling of <c>MAP_TO_DESTINATIONS</c>.</summary>
    public static bool TryParseRight(string name, out ObjectRights right)
    {
        var wanted = name.Equals("MAP_TO_DESTINATION", StringComparison.OrdinalIgnoreCase) ? "MAP_TO_DESTINATIONS" : name;
        right = Array.Find(Rights, one => one.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase)).Right;
        return right != ObjectRights.None;
    }

    /// <summary>The names of the rights, in the contract's order.</summary>
    public static IReadOnlyList<string> NamesOf(ObjectRights rights) => [.. Rights.Where(one => rights.HasFlag(one.Right)).Select(one => one.Name)];

    /// <summary>What a wildcard gives; false when it is about an area.</summary>
    internal static bool TryRead(string wildcard, out ObjectKind kind, out ObjectRights right)
    {
        var isKnown = ObjectWildcards.TryGetValue(wildcard, out var found);
        (kind, right) = found;
        return isKnown;
    }
}
