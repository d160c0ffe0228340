using Xunit.v3;

namespace Sluice.Tests.Doubles;

/// <summary>Says which sections of the collection contract a test shows to be kept.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ContractAttribute(params string[] sections) : Attribute, ITraitAttribute
{
    public IReadOnlyList<string> Sections => sections;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() =>
        [.. sections.Select(section => new KeyValuePair<string, string>("contract", section))];
}
