using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Families;

/// <summary>
/// One resource family of the API: what its objects look like, who may do what with them, and its own rules. The verbs, lists, versions and bulk
/// calls that all families share are in <see cref="FamilyRoutes"/>.
/// </summary>
internal abstract class Family<T> : ReadFamily<T>
    where T : Entity
{
    /// <summary>The kind of its objects.</summary>
    internal abstract EntityKind<T> Kind { get; }

    /// <summary>What can be done with its objects beside reading them.</summary>
    internal virtual FamilyVerbs Verbs => FamilyVerbs.All;

    /// <summary>The members that a body must have for an object to be made.</summary>
    internal virtual IReadOnlyList<string> Required => [];

    internal override EntityTable<T> Rows(CatalogueSnapshot catalogue) => catalogue.Table(Kind);

    /// <summary>Whether it is there as long as its environment is.</summary>
    internal virtual bool Stays(T row) => false;

    /// <summary>Whether it comes and goes with an object of another kind.</summary>
    internal virtual bool FollowsAnother(T row) => false;

    /// <summary>The trait that comes and goes with it; null when there is none.</summary>
    internal virtual long? TraitOf(T row) => null;

    /// <summary>Makes an object of a body: checks rights, rules, uniqueness and limits, and puts it into the draft.</summary>
    internal virtual Task<Outcome<T>> CreateAsync(Draft draft, Body body, Caller caller) => throw new NotSupportedException();

    /// <summary>Changes an object by a body, in which members may be left out. Only asked where <see cref="Verbs"/> have it.</summary>
    internal virtual Task<Outcome<T>> UpdateAsync(Draft draft, T row, Body body, Caller caller) => throw new System.Diagnostics.UnreachableException();

    /// <summary>Takes an object out of the draft, or says what is in the way. Only asked where <see cref="Verbs"/> have it.</summary>
    internal virtual Task<AudienceProblem?> RemoveAsync(Draft draft, T row, Caller caller) => throw new System.Diagnostics.UnreachableException();
}
