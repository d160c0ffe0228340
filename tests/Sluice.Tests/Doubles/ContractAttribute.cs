using Xunit.v3;

namespace Sluice.Tests.Doubles;

/// <summary>
/// Says which sections and Rulings of contracts/collection.md a test shows to hold, such as <c>1.7</c> or <c>Ruling 3</c>; of
/// contracts/audience.md as <c>audience 1.2</c>, <c>audience Ruling 9</c>, and its acceptance scenarios as <c>audience A1</c>; of contracts/gateway.md
/// as <c>gateway 1.4</c>, <c>gateway Ruling 5</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class ContractAttribute(params string[] sections) : Attribute, ITraitAttribute
{
    public IReadOnlyList<string> Sections => sections;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() =>
        [.. sections.Select(section => new KeyValuePair<string, string>("contract", section))];
}
