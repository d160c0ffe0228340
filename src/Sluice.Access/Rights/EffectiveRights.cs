using System.Collections.Frozen;

namespace Sluice.Access;

/// <summary>The union of what a user's groups give, computed once per user and snapshot (contract audience.md section 6).</summary>
internal sealed class EffectiveRights
{
    private readonly ObjectRights[] _wildcards = new ObjectRights[Enum.GetValues<ObjectKind>().Length];
    private readonly FrozenDictionary<(string Environment, ObjectKind Kind, long Id), ObjectRights> _rows;
    private readonly FrozenSet<string> _areas;

    private EffectiveRights(ObjectRights everywhere)
    {
        Array.Fill(_wildcards, everywhere);
        _rows = FrozenDictionary<(string, ObjectKind, long), ObjectRights>.Empty;
        _areas = everywhere == ObjectRights.All ? RightNames.AreaWildcards.ToFrozenSet() : [];
    }

    private EffectiveRights(IEnumerable<Group> groups)
    {
        var rows = new Dictionary<(string, ObjectKind, long), ObjectRights>();
        var areas = new HashSet<string>();
        foreach (var group in groups)
        {
            foreach (var wildcard in group.Wildcards)
            {
                if (RightNames.TryRead(wildcard, out var kind, out var right))
                    _wildcards[(int)kind] |= right;
                else
                    areas.Add(wildcard);
            }
            foreach (var row in group.Permissions)
                rows[(row.Environment, row.Kind, row.ObjectId)] = rows.GetValueOrDefault((row.Environment, row.Kind, row.ObjectId)) | row.Rights;
        }
        _rows = rows.ToFrozenDictionary();
        _areas = areas.ToFrozenSet();
    }

    /// <summary>An admin's, and everybody's where the account has no role-based access.</summary>
    internal static EffectiveRights Everything { get; } = new(ObjectRights.All);

    /// <summary>Of a caller who is in no group.</summary>
    internal static EffectiveRights Nothing { get; } = new(ObjectRights.None);

    internal static EffectiveRights Of(IEnumerable<Group> groups) => new(groups);

    internal bool Has(string wildcard) =>
        RightNames.TryRead(wildcard, out var kind, out var right) ? _wildcards[(int)kind].HasFlag(right) : _areas.Contains(wildcard);

    /// <summary>In an environment: wildcard, or a row on the object, or a row on its data source.</summary>
    internal ObjectRights On(string environment, ObjectKind kind, long objectId, long? dataSourceId)
    {
        var rights = _wildcards[(int)kind];
        if (_rows.Count > 0)
        {
            rights |= _rows.GetValueOrDefault((environment, kind, objectId));
            if (dataSourceId is { } source)
                rights |= _rows.GetValueOrDefault((environment, kind, source));
        }
        return rights & RightNames.PossibleOn(kind);
    }
}
