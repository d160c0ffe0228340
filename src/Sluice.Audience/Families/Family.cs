using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Families;

/// <summary>
/// One resource family of the API: what its objects look like, who may do what with them, and its own rules. The verbs, lists, versions and bulk
/// calls that all families share are in <see cref="FamilyRoutes"/>.
/// </summary>
internal abstract class Family<T>
    where T : Entity
{
    /// <summary>The kind of its objects.</summary>
    internal abstract EntityKind<T> Kind { get; }

    /// <summary>What an object is called in messages, such as <c>data source</c>.</summary>
    internal abstract string Noun { get; }

    /// <summary>The members of an object, in order.</summary>
    internal abstract FieldSet<T> Fields { get; }

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
            && catalogue.Find(Kind, id) is { } row ? row : AudienceProblem.NotFound($"{Noun} [{(segment.Length > 100 ? segment[..100] : segment)}]");

    /// <summary>Makes an object of a body: checks rights, rules, uniqueness and limits, and puts it into the draft.</summary>
    internal virtual Task<Outcome<T>> CreateAsync(Draft draft, Body body, Caller caller) => throw new NotSupportedException();

    /// <summary>Changes an object by a body, in which members may be left out.</summary>
    internal virtual Task<Outcome<T>> UpdateAsync(Draft draft, T row, Body body, Caller caller) => throw new NotSupportedException();

    /// <summary>Takes an object out of the draft, or says what is in the way.</summary>
    internal virtual Task<AudienceProblem?> RemoveAsync(Draft draft, T row, Caller caller) => throw new NotSupportedException();
}
