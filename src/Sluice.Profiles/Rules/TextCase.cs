namespace Sluice.Profiles.Rules;

/// <summary>Whether upper and lower case differ in keys and text comparisons: a switch of the account (audience contract, section 4.1).</summary>
public enum TextCase
{
    /// <summary>The default: they do not differ. Regular expressions always tell them apart.</summary>
    Ignored,

    /// <summary>They differ.</summary>
    Distinguished,
}
