using Sluice.Profiles.State;

namespace Sluice.Profiles.Engine;

/// <summary>Whom a segment rule would hold for.</summary>
/// <param name="Devices">Devices' profiles in it.</param>
/// <param name="Customers">Customers' profiles in it.</param>
/// <param name="Terms">Its terms from left to right, each counted as if it stood alone.</param>
/// <param name="Samples">Some of them, the first by age.</param>
public sealed record SegmentPreview(long Devices, long Customers, IReadOnlyList<TermCount> Terms, IReadOnlyList<ProfileKey> Samples)
{
    /// <summary>All of them.</summary>
    public long Count => Devices + Customers;
}

/// <summary>How many profiles a term of a rule holds for.</summary>
/// <param name="Text">The term, in canonical text.</param>
/// <param name="Start">Where it begins in the rule's text, in characters from 0.</param>
/// <param name="Length">How long it is there.</param>
/// <param name="Count">Profiles; null for a term that holds for people without any trait, too.</param>
public sealed record TermCount(string Text, int Start, int Length, long? Count);

/// <summary>Why an id is in a segment or is not.</summary>
/// <param name="IsMember">Whether it is, as far as the engine keeps it; null for a rule that is not saved.</param>
/// <param name="IsTrue">Whether the rule holds right now. It differs from <paramref name="IsMember"/> while a segment is paused, and for moments after a change.</param>
/// <param name="IsOptedOut">Whether the id opted out, so that it is in no segment.</param>
/// <param name="Through">The device by which a customer is in it; null when it is by itself, or not.</param>
/// <param name="ReadTogether">The profiles that the merge rule reads as one.</param>
/// <param name="Terms">The rule's terms from left to right.</param>
public sealed record SegmentExplanation(
    bool? IsMember, bool IsTrue, bool IsOptedOut, ProfileKey? Through, IReadOnlyList<ProfileKey> ReadTogether, IReadOnlyList<TermExplanation> Terms);

/// <summary>What became of a term.</summary>
/// <param name="Text">The term, in canonical text.</param>
/// <param name="Start">Where it begins in the rule's text, in characters from 0.</param>
/// <param name="Length">How long it is there.</param>
/// <param name="IsTrue">Whether it holds.</param>
/// <param name="Count">The realizations that counted; null for a term that does not count any.</param>
/// <param name="Held">What the profiles hold of the traits that it names.</param>
public sealed record TermExplanation(string Text, int Start, int Length, bool IsTrue, long? Count, IReadOnlyList<TraitEvidence> Held);

/// <summary>A trait, and whose it is.</summary>
/// <param name="Key">The profile that holds it.</param>
/// <param name="Trait">What it holds.</param>
public sealed record TraitEvidence(ProfileKey Key, HeldTrait Trait);
