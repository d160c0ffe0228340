namespace Sluice.Profiles.Matching;

/// <summary>How a signal's value leads to a rule.</summary>
internal enum AnchorKind
{
    /// <summary>Whatever it is.</summary>
    Any,

    /// <summary>It is this text.</summary>
    Text,

    /// <summary>It is this number, written canonically.</summary>
    Number,

    /// <summary>It holds this text.</summary>
    Part,
}

/// <summary>A signal without which a rule does not hold: a key, and what its value must be. The case of either does not matter here.</summary>
internal readonly record struct Anchor(string Key, AnchorKind Kind, string Value);
