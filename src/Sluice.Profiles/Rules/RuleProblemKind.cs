namespace Sluice.Profiles.Rules;

/// <summary>The kinds of problems of a rule (audience contract, sections 4.1 and 4.2). Names are stable; new ones may come.</summary>
public enum RuleProblemKind
{
    /// <summary>Nothing but white space.</summary>
    EmptyRule,

    /// <summary>More than <see cref="RuleLimits.TextBytes"/>.</summary>
    TextTooLong,

    /// <summary>More than <see cref="RuleLimits.Nesting"/> parentheses open.</summary>
    TooDeep,

    /// <summary>A character that can only stand between double quotes, or nowhere.</summary>
    UnexpectedCharacter,

    /// <summary>A double quote that is not closed.</summary>
    UnterminatedString,

    /// <summary>Something else was expected here.</summary>
    UnexpectedToken,

    /// <summary>A parenthesis without its partner.</summary>
    UnbalancedParenthesis,

    /// <summary>A comparison without its key.</summary>
    MissingKey,

    /// <summary>A comparison without its operator.</summary>
    MissingOperator,

    /// <summary>A comparison without its value.</summary>
    MissingValue,

    /// <summary>A key without any letter, underscore or hyphen, outside double quotes.</summary>
    BadKey,

    /// <summary>A value for &lt; &gt; &lt;= or &gt;= that is no number.</summary>
    NotNumeric,

    /// <summary>A regular expression that Java would refuse, or that cannot be run here.</summary>
    BadPattern,

    /// <summary>A number beyond what it can be here.</summary>
    NumberOutOfRange,

    /// <summary>A recency of no days or fewer: error 4 of section 4.2.</summary>
    RecencyNotPositive,

    /// <summary>A frequency below zero: error 4 of section 4.2.</summary>
    FrequencyNegative,

    /// <summary>The rule holds for people without any trait: error 6 of section 4.2.</summary>
    TrueForEveryone,

    /// <summary>More than <see cref="RuleLimits.TraitsOfSegment"/>: error 7 of section 4.2.</summary>
    TooManyTraits,

    /// <summary>No such trait: error 2 of section 4.2.</summary>
    UnknownTrait,

    /// <summary>The id of a segment: error 2 of section 4.2.</summary>
    SegmentInRule,

    /// <summary>A trait of another account without a subscription: error 2 of section 4.2.</summary>
    TraitNotSubscribed,

    /// <summary>A trait that the caller may not see: error 3 of section 4.2.</summary>
    HiddenTrait,

    /// <summary>A trait that the caller may not use in segments: error 3 of section 4.2.</summary>
    UnmappableTrait,

    /// <summary>Recency or frequency of a trait that has none: error 5 of section 4.2.</summary>
    TraitWithoutFrequency,

    /// <summary>An expression tree that is not one (section 3.4).</summary>
    BadExpressionTree,

    /// <summary>Warning: a key that the platform keeps for itself.</summary>
    ReservedKey,

    /// <summary>Warning: a trait rule that holds for a call without any signal.</summary>
    TrueForEveryCall,
}
