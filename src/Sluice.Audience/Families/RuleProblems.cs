using System.Text.Json;
using Sluice.Audience.Catalogue;
using Sluice.Profiles.Rules;

namespace Sluice.Audience.Families;

/// <summary>What is wrong with a rule, as the API says it: one line per problem, with its place (contract audience.md 4.2).</summary>
internal static class RuleProblems
{
    internal static AudienceProblem Of(IReadOnlyList<RuleProblem> problems) =>
        new(400, "invalid_expression", "The rule is not valid: " + problems[0]) { ChildMessages = [.. problems.Select(problem => problem.ToString())] };

    internal static void WriteWarnings(Utf8JsonWriter json, IReadOnlyList<RuleProblem> warnings)
    {
        json.WriteStartArray("warnings");
        foreach (var warning in warnings)
            json.WriteStringValue(warning.ToString());
        json.WriteEndArray();
    }
}
