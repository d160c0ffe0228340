using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Families;

/// <summary>What can be listed and read under one path: what its objects look like, which there are, and who sees them.</summary>
internal abstract class ReadFamily<T>
    where T : Entity
{
    /// <summary>What an object is called in messages, such as <c>data source</c>.</summary>
    internal abstract string Noun { get; }

    /// <summary>The members of an object, in order.</summary>
    internal abstract FieldSet<T> Fields { get; }

    /// <summary>All objects that there are.</summary>
    internal abstract EntityTable<T> Rows(CatalogueSnapshot catalogue);

    /// <summary>What the caller may do with an object (contract audience.md section 6). Families without rights of their own: everything.</summary>
    internal virtual ObjectRights RightsOn(Caller caller, T row) => ObjectRights.All;

    /// <summary>Whether rights differ between rows, so that lists must look at each.</summary>
    internal virtual bool HasRights => false;

    /// <summary>Whether several objects are read at once by their ids with commas: <c>/traits/1,2,3</c>.</summary>
    internal virtual bool ReadsSeveral => false;

    /// <summary>Which rows the family's own list parameters ask for; null for all.</summary>
    internal virtual Func<T, bool>? Filter(RowView view) => null;

    /// <summary>Finds the object that a path segment names; families with <c>ic:</c> addresses add those.</summary>
    internal virtual Outcome<T> Find(CatalogueSnapshot catalogue, string segment) =>
        long.TryParse(segment, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var id)
            && Rows(catalogue).Find(id) is { } row ? row : AudienceProblem.NotFound($"{Noun} [{(segment.Length > 100 ? segment[..100] : segment)}]");
}
