using System.Text.Json;
using Sluice.Profiles.Rules;

namespace Sluice.Audience.Traits;

/// <summary>An event call that realizes a trait, as far as its rule's equalities tell: the read-only <c>url</c> of a trait.</summary>
internal static class SampleCall
{
    private const int MaxPairs = 20;

    /// <summary>What a client reads.</summary>
    internal static string? Of(Trait trait) =>
        trait.TraitType is not (Trait.RuleBased or Trait.Onboarded) ? null : $"/event?{trait.SampleQuery ?? $"d_sid={trait.Id}"}";

    /// <summary>What is kept of a rule when it is saved.</summary>
    internal static string? QueryOf(TraitRule rule)
    {
        var pairs = new List<string>();
        using var tree = JsonDocument.Parse(rule.WriteExpressionTree(), new JsonDocumentOptions { MaxDepth = 2_000 });
        Gather(tree.RootElement, pairs);
        return pairs.Count == 0 ? null : string.Join('&', pairs);
    }

    private static void Gather(JsonElement node, List<string> pairs)
    {
        if (pairs.Count >= MaxPairs || node.ValueKind != JsonValueKind.Object)
            return;
        if (node.TryGetProperty("name", out var name) && node.TryGetProperty("value", out var value) && node.GetProperty("expressionName").GetString() == "==")
            pairs.Add($"{Uri.EscapeDataString(name.GetString()!)}={Uri.EscapeDataString(value.GetString()!)}");
        foreach (var part in (string[])["expr1", "expr2"])
        {
            if (node.TryGetProperty(part, out var inner))
                Gather(inner, pairs);
        }
    }
}
