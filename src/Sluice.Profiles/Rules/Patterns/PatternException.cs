namespace Sluice.Profiles.Rules.Patterns;

/// <summary>A regular expression that is refused; never leaves this folder.</summary>
/// <param name="phrase">What is wrong, as a phrase that goes on "The regular expression …".</param>
internal sealed class PatternException(string phrase) : Exception(phrase);
