using Sluice.Collection.Routes;
using Sluice.Schemas;

namespace Sluice.Collection.Validate;

/// <summary>What was decided about one message, and what was resolved on the way.</summary>
internal struct Verdict
{
    internal Rejection Rejection;

    /// <summary>The dataset the message names (or the inlet's default), when it exists, whatever the rejection.</summary>
    internal DatasetRoute? Dataset;

    internal SchemaRoute? Schema;
    internal int SchemaVersion;
    internal bool OrganisationAdded;

    /// <summary>What the sentence of the rejection names: an id, a key.</summary>
    internal string? Detail;

    /// <summary>The first five violations of an <see cref="Rejection.Invalid"/> message.</summary>
    internal IReadOnlyList<SchemaViolation>? Violations;

    /// <summary>Whether the message was stored before and so is not again.</summary>
    internal bool IsDuplicate;

    /// <summary>Whether the answer keeps the rejection to itself, as the original does; the failed batch has it.</summary>
    internal bool IsHeldBack;

    internal readonly bool IsAccepted => Rejection == Rejection.None;

    internal readonly bool ShowsAsAccepted => IsAccepted || IsHeldBack;
}
