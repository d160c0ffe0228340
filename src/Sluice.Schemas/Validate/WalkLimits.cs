namespace Sluice.Schemas.Validate;

/// <summary>What holds for every walk over one compiled schema.</summary>
/// <param name="MaxDepth">Objects and arrays that may be open at once.</param>
/// <param name="RefusesRepeatedNames">Whether a name may stand only once in an object.</param>
/// <param name="WholeByForm">Whether an integer is what is written without fraction and exponent, rather than what has no fraction.</param>
internal sealed record WalkLimits(int MaxDepth, bool RefusesRepeatedNames, bool WholeByForm);

/// <summary>Why a walk was given up whatever the schema says.</summary>
internal enum Overrun
{
    None,
    Depth,
    Effort,
}
